using System.Globalization;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>A sidecar that fetches its app's own token.</summary>
public sealed class ClientCredentialsSidecarTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Timed")]
    public async Task Calls_WithoutAToken_ShareOneTokenRequest()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider { Delay = TimeSpan.FromMilliseconds(300) };
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CallAsync(sidecar)));

        Assert.All(answers, answer => Assert.Contains("Bearer tok-1", answer.Text, StringComparison.Ordinal));
        Assert.Single(provider.TokenRequests);
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("X-Own, authorization")]
    public async Task Token_IsSent_WhateverTheCallersConnectionHeaderNames(string connection)
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/mcp", Stopping, ("dapr-app-id", "app"), ("Authorization", "Bearer own"), ("X-Own", "own-value"), ("Connection", connection));

        Assert.Equal(200, answer.Status);
        var headers = app.Requests.Single(request => request.Path == "/mcp").Headers;
        Assert.Equal(["Bearer tok-1"], headers.Values("Authorization"));
        Assert.Equal(connection.Contains("X-Own", StringComparison.Ordinal), headers.Value("X-Own") is null);
    }

    [Fact]
    [Trait("Category", "Timed")]
    public async Task Token_AboutToExpire_IsReplaced()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider { ExpiresIn = 1 };
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);
        await CallAsync(sidecar);

        await Eventually.TrueAsync(async () => (await CallAsync(sidecar)).Text.Contains("Bearer tok-2", StringComparison.Ordinal), "the second token is used", Stopping);
    }

    [Theory]
    [InlineData(nameof(TokenBehaviour.InvalidScope))]
    [InlineData(nameof(TokenBehaviour.Unauthorized))]
    [InlineData(nameof(TokenBehaviour.Broken))]
    [InlineData(nameof(TokenBehaviour.NoToken))]
    [InlineData(nameof(TokenBehaviour.Html))]
    [InlineData(nameof(TokenBehaviour.NoUnicode))]
    [InlineData(nameof(TokenBehaviour.ErrorNoUnicode))]
    [InlineData(nameof(TokenBehaviour.Drop))]
    public async Task Call_WhenNoTokenCanBeHad_Is502AndNeverReachesTheApp(string behaviour)
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider { Behaviour = Enum.Parse<TokenBehaviour>(behaviour) };
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);

        var refused = await CallAsync(sidecar);
        provider.Behaviour = TokenBehaviour.Good;
        var served = await CallAsync(sidecar);

        Assert.Equal(502, refused.Status);
        Assert.Equal("ERR_OAUTH2_TOKEN", (string?)JsonNode.Parse(refused.Text)!["errorCode"]);
        Assert.DoesNotContain("agent-secret", refused.Text + sidecar.Output, StringComparison.Ordinal);
        Assert.Equal(200, served.Status);
        Assert.Single(app.Requests);
    }

    [Theory]
    [InlineData("POST", "http://evil.example")]
    [InlineData("GET", "null")]
    [InlineData("OPTIONS", "http://localhost:5000")]
    public async Task Browser_CannotCallWithTheAppsToken(string verb, string origin)
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);

        var answer = await RawClient.SendAsync(sidecar.HttpPort, verb, "/mcp", null, Stopping, ("dapr-app-id", "app"), ("Origin", origin));

        Assert.Equal((403, "ERR_OAUTH2_ORIGIN"), (answer.Status, (string?)JsonNode.Parse(answer.Text)!["errorCode"]));
        Assert.Empty(provider.TokenRequests);
        Assert.DoesNotContain(app.Requests, request => request.Path == "/mcp");
    }

    [Fact]
    [Trait("Category", "Timed")]
    public async Task Retry_AfterAWaitThatOutlastedTheToken_CarriesANewOne()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider { ExpiresIn = 1 };
        using var folder = Folder(provider);
        folder.Write(
            "resources/resiliency.yaml",
            "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n    retries:\n      r: {duration: 1500ms, maxRetries: 2}\n  targets:\n    apps:\n      app: {retry: r}\n");
        await using var sidecar = await StartAsync(folder, app);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/flaky", Stopping, ("dapr-app-id", "app"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(3, app.Requests.Where(request => request.Path == "/flaky").SelectMany(request => request.Headers.Values("Authorization")).Distinct().Count());
    }

    private static Task<RawResponse> CallAsync(SidecarProcess sidecar)
        => RawClient.GetAsync(sidecar.HttpPort, "/mcp", Stopping, ("dapr-app-id", "app"), ("Authorization", "Bearer own"));

    private static Task<SidecarProcess> StartAsync(TemporaryFolder folder, EchoApp app)
        => SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping);

    private static TemporaryFolder Folder(FakeProvider provider)
    {
        var folder = new TemporaryFolder();
        ProtectedResources.WriteClientCredentials(folder, provider);
        ProtectedResources.WriteConfiguration(folder, ("httpPipeline", ProtectedResources.ClientCredentials));
        return folder;
    }
}
