using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>The call that Dapr makes to an app that has come up, and the log of calls.</summary>
public sealed class StartCallTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task App_ThatHasComeUp_IsAskedForItsConfigurationOnce()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, new Dictionary<string, string> { ["APP_API_TOKEN"] = "out-token" });
        await Eventually.TrueAsync(() => !app.StartCalls.IsEmpty, "the app is asked", Stopping);

        var call = Assert.Single(app.StartCalls);

        Assert.Equal("GET", call.Verb);
        Assert.Equal("app", call.Headers.Value("dapr-app-id"));
        Assert.Equal("application/json", call.Headers.Value("Content-Type"));
        Assert.Equal("out-token", call.Headers.Value("dapr-api-token"));
        Assert.Equal("gzip", call.Headers.Value("Accept-Encoding"));
    }

    [Fact]
    public async Task Sidecar_IsReady_WhenTheAppHasAnswered()
    {
        var answer = new TaskCompletionSource();
        await using var app = new EchoApp { ConfigurationAnswer = answer.Task };
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture)], Stopping);
        await Eventually.TrueAsync(() => !app.StartCalls.IsEmpty, "the app is asked", Stopping);

        var before = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping);
        answer.SetResult();
        await sidecar.WaitForReadyAsync(Stopping);

        Assert.Equal(500, before.Status);
        Assert.Contains("ERR_HEALTH_NOT_READY", before.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_ThatIsNotHealthyYet_IsAskedWhenItIs()
    {
        await using var app = new EchoApp { HealthStatus = 503 };
        await using var sidecar = await StartAsync(app, null, "--enable-app-health-check", "--app-health-check-path", "/healthz", "--app-health-probe-interval", "1", "--app-health-threshold", "1", "--log-level", "debug");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("App entered un-healthy status", StringComparison.Ordinal), "the app is probed", Stopping);

        app.HealthStatus = 200;
        await Eventually.TrueAsync(() => sidecar.Output.Contains("GET /dapr/config of the app: 404", StringComparison.Ordinal), "the app is asked", Stopping);

        Assert.Single(app.StartCalls);
        Assert.Matches("(?s)App entered healthy status.*GET /dapr/config of the app", sidecar.Output);
    }

    [Fact]
    public async Task StartCall_TurnedOff_IsNotMade()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, null, "--disable-init-endpoints", "config", "--log-level", "debug");

        await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));

        Assert.Empty(app.StartCalls);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Skipping programmatic dapr configuration loading", StringComparison.Ordinal), "the log says so", Stopping);
    }

    [Fact]
    public async Task StartCall_PassesThroughAppHttpPipeline()
    {
        using var folder = new TemporaryFolder();
        await using var app = new EchoApp();
        folder.Write("resources/rule.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: rule\nspec:\n  type: middleware.http.routerchecker\n  version: v1\n  metadata:\n  - name: rule\n    value: \"^/show\"\n");
        var config = folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  appHttpPipeline:\n    handlers:\n    - name: rule\n      type: middleware.http.routerchecker\n");
        await using var sidecar = await StartAsync(app, null, "--resources-path", folder.PathOf("resources"), "--config", config, "--log-level", "debug");

        await Eventually.TrueAsync(() => sidecar.Output.Contains("GET /dapr/config of the app: 400", StringComparison.Ordinal), "the call is refused on its way", Stopping);
        Assert.Empty(app.StartCalls);
    }

    [Fact]
    public async Task ApiLogging_WritesALineACall_WithoutQueryOrCredentials()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, null, "--enable-api-logging");

        await RawClient.GetAsync(sidecar.HttpPort, "/b/cookies?code=hidden-code", Stopping, ("dapr-app-id", "app"), ("User-Agent", "me"), ("Authorization", "Bearer hidden-token"), ("Cookie", "c=hidden-cookie"));
        await Eventually.TrueAsync(() => sidecar.Output.Contains("GET /b/cookies", StringComparison.Ordinal), "the call is logged", Stopping);

        var line = sidecar.Output.Split('\n').Single(line => line.Contains("GET /b/cookies", StringComparison.Ordinal));
        Assert.Matches("^time=\"[^\"]+\" level=info msg=\"HTTP API Called\" app_id=app code=200 duration=\\d+ instance=\\S+ method=\"GET /b/cookies\" scope=dapr.runtime.http-info size=1 type=log useragent=me ver=unknown$", line);
        Assert.DoesNotContain("hidden", sidecar.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("obfuscateURLs: true", "method=InvokeService/app")]
    [InlineData("omitHealthChecks: true", "method=\"GET /show\"")]
    public async Task ApiLogging_OfTheConfiguration_SaysAsMuchAsItMay(string setting, string expected)
    {
        using var folder = new TemporaryFolder();
        await using var app = new EchoApp();
        var config = folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  logging:\n    apiLogging:\n      enabled: true\n      {setting}\n");
        await using var sidecar = await StartAsync(app, null, "--config", config);

        await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));
        await Eventually.TrueAsync(() => sidecar.Output.Contains(expected, StringComparison.Ordinal), "the call is logged", Stopping);

        Assert.Equal(setting.StartsWith("obfuscate", StringComparison.Ordinal), sidecar.Output.Contains("GET /v1.0/healthz", StringComparison.Ordinal));
        Assert.Equal(setting.StartsWith("omit", StringComparison.Ordinal), sidecar.Output.Contains("GET /show", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FlagsOfDaprsIntegrationTests_StartASidecar()
    {
        using var folder = new TemporaryFolder();
        await using var app = new EchoApp();
        Directory.CreateDirectory(folder.PathOf("resources"));
        var config = folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  features:\n  - name: HotReload\n    enabled: true\n");
        var ports = Enumerable.Range(0, 6).Select(_ => FreePort.Next()).ToArray();
        await using var sidecar = SidecarProcess.LaunchExactly(
            [
                "--log-level=info",
                "--app-id=app",
                $"--app-port={app.Port}",
                "--app-protocol=http",
                $"--dapr-grpc-port={ports[0]}",
                $"--dapr-http-port={ports[1]}",
                $"--dapr-internal-grpc-port={ports[2]}",
                "--dapr-internal-grpc-listen-address=127.0.0.1",
                "--dapr-listen-addresses=127.0.0.1",
                $"--dapr-public-port={ports[3]}",
                "--dapr-public-listen-address=127.0.0.1",
                $"--metrics-port={ports[4]}",
                "--metrics-listen-address=127.0.0.1",
                $"--profile-port={ports[5]}",
                "--enable-profiling=true",
                "--enable-app-health-check=true",
                "--app-health-probe-interval=1",
                "--app-health-threshold=1",
                "--mode=standalone",
                "--enable-mtls=false",
                "--enable-api-logging=true",
                $"--resources-path={folder.PathOf("resources")}",
                $"--config={config}",
                "--placement-host-address=127.0.0.1:1",
                "--scheduler-host-address=127.0.0.1:1",
                "--max-body-size=4Mi",
                "--allowed-origins=http://localhost:1234",
            ],
            ports[1]);

        await sidecar.WaitForPortAsync(Stopping);
        await sidecar.WaitForReadyAsync(Stopping);

        Assert.Equal(204, (await RawClient.GetAsync(ports[3], "/v1.0/healthz", Stopping)).Status);
        Assert.Equal(200, (await RawClient.GetAsync(ports[4], "/", Stopping)).Status);
        Assert.Equal(200, (await RawClient.GetAsync(ports[1], "/v1.0/invoke/app/method/show", Stopping)).Status);
        Assert.DoesNotContain("level=error", sidecar.Output, StringComparison.Ordinal);
    }

    private static async Task<SidecarProcess> StartAsync(EchoApp app, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), .. arguments], Stopping, environment: environment);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
