using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>How a sidecar ends: what it still serves, for how long, what it says, and its exit code. Dapr's integration tests look for the same lines.</summary>
public sealed class ShutdownTests
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public async Task Signal_LetsCallsInFlightFinish_AndAcceptsNoMore(int signal)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--dapr-graceful-shutdown-seconds", "60");

        var call = RawClient.GetAsync(sidecar.HttpPort, "/b/slow?s=2", Stopping, ("dapr-app-id", "app"));
        await Eventually.TrueAsync(() => app.Requests.Any(request => request.Path == "/b/slow"), "the call is at the app", Stopping);
        sidecar.Signal(signal);
        var answer = await call;
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal((200, "slow"), (answer.Status, answer.Text));
        Assert.Equal(0, sidecar.ExitCode);
        Assert.Contains("Daprd shutdown gracefully", output, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping));
    }

    [Theory]
    [InlineData("*", "https://page.example", false)]
    [InlineData("*", "http://localhost:5173", false)]
    [InlineData("https://own.example", "https://page.example", false)]
    [InlineData("https://own.example", "https://own.example", true)]
    public async Task WebPage_EndsItOnly_WhenItsOriginIsNamed(string allowed, string origin, bool ends)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--allowed-origins", allowed);

        var answer = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/shutdown", string.Empty, Stopping, ("Origin", origin));

        Assert.Equal(ends ? 204 : 403, answer.Status);
        if (ends)
        {
            await sidecar.WaitForExitAsync(Stopping);
            Assert.Equal(0, sidecar.ExitCode);
        }
        else
        {
            Assert.Contains("ERR_ORIGIN_NOT_ALLOWED", answer.Text, StringComparison.Ordinal);
            Assert.False(sidecar.HasExited);
        }
    }

    [Fact]
    public async Task Signal_WhenACallTakesLongerThanTheGrace_CutsItOff_AndExitsWithOne()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--dapr-graceful-shutdown-seconds", "1");

        var call = RawClient.GetAsync(sidecar.HttpPort, "/b/slow?s=600", Stopping, ("dapr-app-id", "app"));
        await Eventually.TrueAsync(() => app.Requests.Any(request => request.Path == "/b/slow"), "the call is at the app", Stopping);
        sidecar.Signal(SigInt);
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains("Graceful shutdown timeout exceeded, forcing shutdown", output, StringComparison.Ordinal);
        Assert.DoesNotContain("shutdown gracefully", output, StringComparison.Ordinal);
        Assert.False((await call).Complete);
    }

    [Fact]
    public async Task CollectorThatDoesNotAnswer_IsNoCallThatWasCutOff()
    {
        using var collector = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        collector.Start();
        await using var app = new EchoApp();
        var environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{collector.LocalEndpoint}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" };
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--dapr-graceful-shutdown-seconds", "2"], Stopping, environment: environment);
        Assert.Equal(200, (await RawClient.GetAsync(sidecar.HttpPort, "/x", Stopping, ("dapr-app-id", "app"))).Status);

        sidecar.Signal(SigTerm);
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(0, sidecar.ExitCode);
        Assert.DoesNotContain("forcing shutdown", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallThatIsCutOff_EndsWithItsConnection_AndIsNotReset()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--dapr-graceful-shutdown-seconds", "1");
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", sidecar.HttpPort, Stopping);
        await client.GetStream().WriteAsync("GET /b/slow?s=600 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\n\r\n"u8.ToArray(), Stopping);
        await Eventually.TrueAsync(() => app.Requests.Any(request => request.Path == "/b/slow"), "the call is at the app", Stopping);

        sidecar.Signal(SigInt);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Stopping)); // a reset throws
    }

    [Fact]
    public async Task BlockedShutdown_ServesOn_UntilTheDurationIsOver()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--dapr-block-shutdown-duration", "3s");

        sidecar.Signal(SigInt);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Blocking graceful shutdown for 3s or until app reports unhealthy...", StringComparison.Ordinal), "the shutdown is blocked", Stopping);
        var meanwhile = await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(200, meanwhile.Status);
        Assert.Contains("Block shutdown period expired, entering shutdown...", output, StringComparison.Ordinal);
        Assert.Contains("Daprd shutdown gracefully", output, StringComparison.Ordinal);
        Assert.Equal(0, sidecar.ExitCode);
    }

    [Fact]
    public async Task BlockedShutdown_ServesOn_UntilTheAppIsUnhealthy()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(
            app, "--dapr-block-shutdown-duration", "180s", "--enable-app-health-check", "--app-health-check-path", "/healthz", "--app-health-probe-interval", "3", "--app-health-threshold", "1", "--app-health-probe-timeout", "3000");

        sidecar.Signal(SigInt);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Blocking graceful shutdown for 3m0s or until app reports unhealthy...", StringComparison.Ordinal), "the shutdown is blocked", Stopping);
        var meanwhile = await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));
        app.HealthStatus = 503;
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(200, meanwhile.Status);
        Assert.Contains("App reported unhealthy, entering shutdown...", output, StringComparison.Ordinal);
        Assert.Equal(0, sidecar.ExitCode);
    }

    [Fact]
    public async Task BlockedShutdown_WithAWrongDuration_DoesNotStart()
    {
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app", "--dapr-block-shutdown-duration", "soon"]);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains("The value 'soon' of --dapr-block-shutdown-duration is not a duration", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", 0, "Shutdown requested via API", "Daprd shutdown gracefully")]
    [InlineData("true", 1, "Force shutdown requested, exiting immediately without graceful shutdown")]
    public async Task ShutdownApi_Answers_AndEnds(string force, int exitCode, params string[] lines)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        var answer = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/shutdown", string.Empty, Stopping, ("dapr-force-shutdown", force));
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(204, answer.Status);
        Assert.Equal(exitCode, sidecar.ExitCode);
        Assert.All(lines, line => Assert.Contains(line, output, StringComparison.Ordinal));
    }

    private static async Task<SidecarProcess> StartAsync(EchoApp app, params string[] flags)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), .. flags], Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
