using System.Globalization;
using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>Starts that fail say why in a sentence; starts that succeed listen on loopback and end when told.</summary>
public sealed class StartTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, "did you mean '--app-port'?", "run", "--app-id", "app", "--app-prt", "1")]
    [InlineData(1, "--app-id is missing", "run")]
    [InlineData(1, "contains a dot", "--app-id", "a.b")]
    [InlineData(1, "is not a port", "--app-id", "app", "--app-port", "abc")]
    [InlineData(1, "is not known; allowed are http, https, h2c, grpc, grpcs", "--app-id", "app", "--app-protocol", "smtp")]
    [InlineData(1, "is not a size", "--app-id", "app", "--read-buffer-size", "lots")]
    [InlineData(1, "is not known; allowed are debug", "--app-id", "app", "--log-level", "nonsense")]
    [InlineData(1, "does not exist", "--app-id", "app", "--config", "nowhere.yaml")]
    [InlineData(1, "does not exist", "--app-id", "app", "--resources-path", "nowhere")]
    public async Task Start_WithAWrongCommandLine_EndsWithASentence(int exitCode, string sentence, params string[] arguments)
    {
        await using var sidecar = SidecarProcess.Launch(arguments);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(exitCode, sidecar.ExitCode);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnAPortInUse_EndsWithASentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app"], port);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains($"--dapr-http-port {port}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    public async Task Signal_EndsTheSidecar_WithExitCodeZero(int signal)
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);

        sidecar.Signal(signal);
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(0, sidecar.ExitCode);
    }

    [Fact]
    public async Task Shutdown_IsAnswered_ThenTheSidecarEnds()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);

        var answer = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/shutdown", string.Empty, Stopping);
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(204, answer.Status);
        Assert.Equal(0, sidecar.ExitCode);
    }

    [Fact]
    public async Task App_AfterTwoDashes_GetsDaprsVariables_AndItsEndIsTheSidecarsEnd()
    {
        var port = FreePort.Next();
        await using var withApp = SidecarProcess.LaunchExactly(
            ["run", "--app-id", "app", "--dapr-http-port", port.ToString(CultureInfo.InvariantCulture), "--", "sh", "-c", "echo id=$APP_ID port=$DAPR_HTTP_PORT; exit 7"], port);

        var output = await withApp.WaitForExitAsync(Stopping);

        Assert.Equal(1, withApp.ExitCode);
        Assert.Contains($"id=app port={port}", output, StringComparison.Ordinal);
        Assert.Contains("exited with error code: 7", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mcp-server")]
    [InlineData("mcp-console")]
    [InlineData("mcp-agent")]
    public void Components_OfTheRepository_Load(string app)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "components", app);

        var snapshot = Loading.Load(
            ["--app-id", app, "--app-port", "5200", "--config", Path.Combine(folder, "config.yaml"), "--resources-path", Path.Combine(folder, "resources")],
            new Dictionary<string, string> { ["MCP_AGENT_SECRET"] = "a", ["MCP_CONSOLE_SECRET"] = "b", ["MCP_AUDIT_SECRET"] = "c" });

        Assert.NotEmpty(snapshot.Configuration.HttpPipeline);
        Assert.False(snapshot.Apis.Secrets);
        Assert.False(snapshot.Apis.Shutdown);
    }

    [Fact]
    public void Resources_WithAStateStore_LoadWithoutIt()
    {
        using var folder = new TemporaryFolder();
        folder.Write("store.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: statestore }\nspec: { type: state.redis, version: v1 }");

        var snapshot = Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf(string.Empty)]);

        Assert.Empty(snapshot.Components);
    }

    [Fact]
    public void Resources_WithAMistypedBlock_AreRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("login.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: login }\nspec: { type: middlewares.http.oauth2, version: v1 }");

        Assert.Equal("type-unknown", Assert.Throws<ResourceException>(() => Loading.Load(["--app-id", "app", "--resources-path", folder.PathOf(string.Empty)])).Rule);
    }
}
