using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>A sidecar with a bearer before its app, and a provider that comes, goes and changes its keys.</summary>
public sealed class BearerSidecarTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Provider_DownAtStart_MeansNotReadyAnd503UntilItAnswers()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        provider.Stop();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);
        var token = provider.Key.Sign(provider.Claims());

        var early = await CallAsync(sidecar, token);
        var health = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping);
        provider.Start();
        await sidecar.WaitForReadyAsync(Stopping);
        var late = await CallAsync(sidecar, token);

        Assert.Equal(503, early.Status);
        Assert.Equal(500, health.Status);
        Assert.Equal(200, late.Status);
        Assert.Single(app.Requests);
    }

    [Fact]
    public async Task Key_ThatIsNew_IsFetchedAtOnce_AndUnknownOnesDoNotFloodTheProvider()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);
        await sidecar.WaitForReadyAsync(Stopping);
        using var second = new SigningKey("key-2");
        provider.Keys.Add(second);
        provider.Requests.Clear();

        var rotated = await CallAsync(sidecar, second.Sign(provider.Claims()));
        var unknown = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => CallAsync(sidecar, provider.Key.Sign(provider.Claims(), kid: $"nobody-{number}"))));

        Assert.Equal(200, rotated.Status);
        Assert.All(unknown, answer => Assert.Equal(401, answer.Status));
        Assert.InRange(provider.Requests.Count(request => request.Path == "/jwks"), 1, 2);
    }

    [Fact]
    public async Task Provider_DownLater_LeavesTheKeysInUse()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);
        await sidecar.WaitForReadyAsync(Stopping);
        provider.Stop();

        Assert.Equal(200, (await CallAsync(sidecar, provider.Key.Sign(provider.Claims()))).Status);
        Assert.Equal(401, (await CallAsync(sidecar, "x.y.z")).Status);
    }

    [Fact]
    public async Task Refusal_HasAChallenge_AndRepeatsNothingOfTheToken()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app, "--enable-api-logging", "--log-level", "debug");
        await sidecar.WaitForReadyAsync(Stopping);
        var expired = provider.Key.Sign(provider.Claims(claims => claims["exp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 900));

        var without = await CallAsync(sidecar, null);
        var with = await CallAsync(sidecar, expired);

        Assert.Equal((401, "Bearer"), (without.Status, without.Header("WWW-Authenticate")));
        Assert.Equal((401, "Bearer error=\"invalid_token\""), (with.Status, with.Header("WWW-Authenticate")));
        Assert.DoesNotContain(expired, sidecar.Output, StringComparison.Ordinal);
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task Token_WithoutAnEnd_IsRefused()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);
        await sidecar.WaitForReadyAsync(Stopping);

        var answer = await CallAsync(sidecar, provider.Key.Sign(provider.Claims(claims => claims.Remove("exp"))));

        Assert.Equal((401, "Bearer error=\"invalid_token\""), (answer.Status, answer.Header("WWW-Authenticate")));
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task Token_BehindAGoodOne_DoesNotReachTheApp()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);
        await sidecar.WaitForReadyAsync(Stopping);
        var token = provider.Key.Sign(provider.Claims());

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"), ("Authorization", "Bearer " + token), ("Authorization", "Bearer smuggled"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["Bearer " + token], app.Requests.Single().Headers.Values("Authorization"));
    }

    private static Task<RawResponse> CallAsync(SidecarProcess sidecar, string? token)
        => RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, [("dapr-app-id", "app"), .. token is null ? Array.Empty<(string, string)>() : [("Authorization", "Bearer " + token)]]);

    private static Task<SidecarProcess> StartAsync(TemporaryFolder folder, EchoApp app, params string[] flags)
        => SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml"), .. flags], Stopping);

    private static TemporaryFolder Folder(FakeProvider provider)
    {
        var folder = new TemporaryFolder();
        ProtectedResources.WriteBearer(folder, provider);
        ProtectedResources.WriteConfiguration(folder, ("appHttpPipeline", ProtectedResources.Bearer));
        return folder;
    }
}
