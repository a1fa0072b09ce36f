using System.Globalization;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Faults;

/// <summary>
/// A provider that is down or changes its keys, for logins and service tokens; a bearer's case is in
/// <see cref="Security.BearerSidecarTests"/>.
/// </summary>
public sealed class ProviderFaultTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ServiceToken_WhenTheProviderIsDownAtStart_Is502_AndComesByItselfLater()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        provider.Stop();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);

        var early = await CallAsync(sidecar);
        provider.Start();
        var late = await CallAsync(sidecar);

        Assert.Equal((502, "ERR_OAUTH2_TOKEN"), (early.Status, (string?)JsonNode.Parse(early.Text)!["errorCode"]));
        Assert.Equal(200, late.Status);
        Assert.Single(app.Requests);
    }

    [Fact]
    public async Task ServiceToken_WhenTheProviderGoesDownLater_IsUsedUntilItExpires()
    {
        await using var app = new EchoApp();
        await using var provider = new FakeProvider();
        using var folder = Folder(provider);
        await using var sidecar = await StartAsync(folder, app);
        Assert.Equal(200, (await CallAsync(sidecar)).Status);
        provider.Stop();

        var later = await CallAsync(sidecar);

        Assert.Equal(200, later.Status);
        Assert.Contains("Bearer tok-1", later.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_WhenTheProviderGoesDownLater_GoesOn_AndNoNewOneIsMade()
    {
        await using var rig = await LoginRig.StartAsync();
        var person = await rig.SignInAsync("/mcp");
        var started = await rig.BeginAsync("/mcp");
        rig.App.TakeRequests();
        rig.Provider.Stop();

        var signedIn = await rig.GetAsync("/mcp", person.Cookie);
        var callback = await rig.GetAsync($"/mcp?state={started.State}&code=c", started.Cookie);
        var afterwards = await rig.GetAsync("/mcp", started.Cookie);

        Assert.Equal(200, signedIn.Status);
        Assert.Contains($"Bearer {person.Token}", signedIn.Text, StringComparison.Ordinal);
        Assert.InRange(callback.Status, 500, 502);
        Assert.Equal(302, afterwards.Status);
        Assert.Single(rig.App.Requests);
    }

    private static Task<RawResponse> CallAsync(SidecarProcess sidecar)
        => RawClient.GetAsync(sidecar.HttpPort, "/mcp", Stopping, ("dapr-app-id", "app"));

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
