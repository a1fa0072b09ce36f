using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Metrics;

/// <summary>The metrics port says what daprd's says, under the same names.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_AreCounted_UnderDaprsNamesAndLabels()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/hi?code=very-secret", Stopping);
        await RawClient.PostAsync(sidecar.HttpPort, "/hi", "12345", Stopping, ("dapr-app-id", "app"));
        await RawClient.GetAsync(sidecar.HttpPort, "/b/status/500", Stopping, ("dapr-app-id", "app"));
        await RawClient.SendAsync(sidecar.HttpPort, "PROPFIND", "/hi", null, Stopping, ("dapr-app-id", "app"));
        var metrics = await SettledAsync(sidecar, "dapr_http_server_request_count{app_id=\"app\",method=\"UNKNOWN\",path=\"/hi\",status=\"200\"}");

        foreach (var (series, value) in new[]
                 {
                     ("dapr_http_server_request_count{app_id=\"app\",method=\"GET\",path=\"/v1.0/invoke/app/method/hi\",status=\"200\"}", "1"),
                     ("dapr_http_server_response_count{app_id=\"app\",method=\"POST\",path=\"/hi\",status=\"200\"}", "1"),
                     ("dapr_http_server_request_count{app_id=\"app\",method=\"GET\",path=\"/b/status/500\",status=\"500\"}", "1"),
                     ("dapr_http_server_latency_count{app_id=\"app\",method=\"POST\",path=\"/hi\",status=\"200\"}", "1"),
                     ("dapr_http_server_latency_bucket{app_id=\"app\",method=\"POST\",path=\"/hi\",status=\"200\",le=\"100000\"}", "1"),
                     ("dapr_http_client_completed_count{app_id=\"app\",method=\"GET\",path=\"/hi\",status=\"200\"}", "1"),
                     ("dapr_http_client_completed_count{app_id=\"app\",method=\"GET\",path=\"/dapr/config\",status=\"404\"}", "1"),
                     ("dapr_http_client_sent_bytes_sum{app_id=\"app\",method=\"POST\",path=\"/hi\",status=\"\"}", "5"),
                 })
        {
            Assert.Contains($"{series} {value}\n", metrics, StringComparison.Ordinal);
        }

        Assert.Contains("# TYPE dapr_http_server_request_count counter\n", metrics, StringComparison.Ordinal);
        Assert.Contains("# TYPE dapr_http_server_latency histogram\n", metrics, StringComparison.Ordinal);
        Assert.Contains("dapr_http_server_response_bytes_bucket{app_id=\"app\",le=\"1.048576e+06\"}", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamedAnswer_IsCountedInBytes()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/b/chunked", Stopping, ("dapr-app-id", "app"));
        var metrics = await SettledAsync(sidecar, "path=\"/b/chunked\"");

        Assert.Equal("c0c1c2", answer.Text);
        var received = metrics.Split('\n').Single(line => line.StartsWith("dapr_http_client_received_bytes_sum", StringComparison.Ordinal)).Split(' ')[^1];
        Assert.True(double.Parse(received, CultureInfo.InvariantCulture) >= 6, received);
    }

    [Theory]
    [InlineData("http: {increasedCardinality: false}", "method=\"GET\",path=\"\",status=\"200\"")]
    [InlineData("http: {excludeVerbs: true}", "method=\"\",path=\"/v1.0/invoke/app/method/orders/7\",status=\"200\"")]
    [InlineData("http: {increasedCardinality: false, pathMatching: [\"/orders/{id}\"]}", "method=\"GET\",path=\"/v1.0/invoke/{app_id}/method/orders/{id}\",status=\"200\"")]
    [InlineData("rules: [{name: dapr_http_server_request_count, labels: [{name: path, regex: {orders: \"/orders/.+\"}}]}]", "method=\"GET\",path=\"/v1.0/invoke/app/methodorders\",status=\"200\"")]
    [InlineData("latencyDistributionBuckets: [5, 50]", "path=\"/v1.0/invoke/app/method/orders/7\",status=\"200\",le=\"50\"}")]
    public async Task Configuration_DecidesTheLabels(string metrics, string expected)
    {
        using var folder = new TemporaryFolder();
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--config", folder.Write("config.yaml", Configuration(metrics)));

        await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/invoke/app/method/orders/7", Stopping);

        Assert.Contains(expected, await SettledAsync(sidecar, expected), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorCodes_AreCounted_WhereTheConfigurationSaysSo()
    {
        using var folder = new TemporaryFolder();
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, "--config", folder.Write("config.yaml", Configuration("recordErrorCodes: true")));

        await RawClient.GetAsync(sidecar.HttpPort, "/nowhere", Stopping);
        await RawClient.GetAsync(sidecar.HttpPort, "/b/json-error/503", Stopping, ("dapr-app-id", "app"));
        await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));
        await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/none/bulk", Stopping);
        await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz?appid=other", Stopping);

        await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            "dapr_error_code_total{app_id=\"app\",category=\"service-invocation\",error_code=\"ERR_DIRECT_INVOKE\"} 2",
            "dapr_error_code_total{app_id=\"app\",category=\"secret\",error_code=\"ERR_SECRET_STORES_NOT_CONFIGURED\"} 1",
            "dapr_error_code_total{app_id=\"app\",category=\"health\",error_code=\"ERR_HEALTH_APPID_NOT_MATCH\"} 1");
    }

    [Theory]
    [InlineData("metrics:\n    enabled: false", "")]
    [InlineData("metric:\n    enabled: false", "")]
    [InlineData("tracing: {samplingRate: \"0\"}", "--enable-metrics=false")]
    public async Task Metrics_TurnedOff_ListenNowhere(string spec, string flag)
    {
        using var folder = new TemporaryFolder();
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, ["--config", folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  {spec}\n"), .. flag.Length > 0 ? new[] { flag } : []]);

        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => RawClient.GetAsync(sidecar.MetricsPort, "/metrics", Stopping));
    }

    [Fact]
    public async Task MetricsPort_InUse_EndsTheStart()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var http = FreePort.Next();
        await using var sidecar = SidecarProcess.LaunchExactly(["run", "--app-id", "app", "--dapr-http-port", $"{http}", "--metrics-port", port], http);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains($"--metrics-port {port}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PathsThatACallerMakesUp_AreBounded()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{sidecar.HttpPort}") };
        for (var i = 0; i < 1100; i++)
        {
            using var answer = await http.GetAsync($"/v1.0/nothing/{i}", Stopping);
        }

        var metrics = await SettledAsync(sidecar, "path=\"\",status=\"404\"");
        Assert.InRange(metrics.Split('\n').Count(line => line.StartsWith("dapr_http_server_request_count{", StringComparison.Ordinal)), 900, 1001);
    }

    [Fact]
    public async Task LongPathsAndVerbsThatACallerMakesUp_AreNoLabels()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        var path = "/" + new string('"', 5000);
        for (var i = 0; i < 1100; i++)
        {
            await RawClient.SendAsync(sidecar.HttpPort, $"VERB{i}", path, null, Stopping);
        }

        await RawClient.GetAsync(sidecar.HttpPort, "/hi", Stopping, ("dapr-app-id", "app"));
        var metrics = await SettledAsync(sidecar, "dapr_http_server_request_count{app_id=\"app\",method=\"GET\",path=\"/hi\",status=\"200\"} 1\n");

        Assert.Contains("dapr_http_server_request_count{app_id=\"app\",method=\"UNKNOWN\",path=\"\",status=\"404\"} 1100\n", metrics, StringComparison.Ordinal);
        Assert.InRange(metrics.Length, 1, 100_000);
    }

    private static async Task<SidecarProcess> StartAsync(EchoApp app, params string[] arguments)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), .. arguments], Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        await Eventually.TrueAsync(() => !app.StartCalls.IsEmpty, "the sidecar has made its start call", Stopping);
        return sidecar;
    }

    /// <summary>A call is counted a moment after its answer.</summary>
    private static async Task<string> SettledAsync(SidecarProcess sidecar, string expected)
    {
        var text = string.Empty;
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await RawClient.GetAsync(sidecar.MetricsPort, "/metrics", Stopping);
                Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Header("Content-Type"));
                text = answer.Text;
                return text.Contains(expected, StringComparison.Ordinal) && text.Contains("path=\"/dapr/config\"", StringComparison.Ordinal) | !expected.Contains("dapr/config", StringComparison.Ordinal);
            },
            $"the metrics hold {expected}",
            Stopping);
        return text;
    }

    private static string Configuration(string metrics)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: metrics\nspec:\n  metrics:\n    {metrics}\n";
}
