using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Telemetry;

/// <summary>A call is one trace, its span says what Dapr's says, and nothing secret is in it.</summary>
public sealed class TraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_WithATraceParent_ContinuesTheTrace_WithASpanOfItsOwn()
    {
        await using var app = new EchoApp();
        await using var collector = await OtlpCollector.StartAsync();
        await using var sidecar = await StartAsync(app, collector);

        var answer = await RawClient.GetAsync(
            sidecar.HttpPort, "/tickets/7?token=very-secret", Stopping, ("dapr-app-id", "app"), ("traceparent", $"00-{TraceId}-b7ad6b7169203331-01"), ("Authorization", "Bearer hidden-token"), ("Cookie", "c=hidden-cookie"));
        var atApp = app.Requests.Single(request => request.Path == "/tickets/7").Headers.Value("traceparent")!;

        Assert.StartsWith($"00-{TraceId}-", atApp, StringComparison.Ordinal);
        Assert.DoesNotContain("b7ad6b7169203331", atApp, StringComparison.Ordinal);
        Assert.Equal(atApp, answer.Header("traceparent"));

        await Eventually.TrueAsync(() => collector.Text.Contains("CallLocal/app/tickets/7", StringComparison.Ordinal), "the span is exported", Stopping);
        var exported = collector.Text;
        foreach (var expected in new[] { "dapr-diagnostics", "service.name", "my-name", "process.pid", "dapr.api", "GET /tickets/7", "rpc.service", "ServiceInvocation", "net.peer.name", "url.full", "dapr.status_code" })
        {
            Assert.Contains(expected, exported, StringComparison.Ordinal);
        }

        foreach (var secret in new[] { "very-secret", "hidden-token", "hidden-cookie" })
        {
            Assert.DoesNotContain(secret, exported, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Call_ThatIsNotSampled_IsNotExported()
    {
        await using var app = new EchoApp();
        await using var collector = await OtlpCollector.StartAsync();
        await using var sidecar = await StartAsync(app, collector);

        await RawClient.GetAsync(sidecar.HttpPort, "/unsampled", Stopping, ("dapr-app-id", "app"), ("traceparent", $"00-{TraceId}-b7ad6b7169203331-00"));
        await RawClient.GetAsync(sidecar.HttpPort, "/sampled", Stopping, ("dapr-app-id", "app"));

        await Eventually.TrueAsync(() => collector.Text.Contains("/sampled", StringComparison.Ordinal), "the sampled call is exported", Stopping);
        Assert.DoesNotContain("/unsampled", collector.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "protocol: http", "/v1/traces", "application/x-protobuf")]
    [InlineData(true, "protocol: grpc", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "application/grpc")]
    public async Task Configuration_NamesTheCollector_AndItsProtocol(bool grpc, string protocol, string path, string contentType)
    {
        await using var collector = await OtlpCollector.StartAsync(grpc);

        await ExportAsync(collector, protocol);

        Assert.Contains((path, contentType), collector.Requests);
    }

    [Theory]
    [InlineData(false, "protocol: http")]
    [InlineData(true, "protocol: grpc")]
    public async Task Configuration_NamesHeaders_TheyTakePrecedenceOverTheEnvironment(bool grpc, string protocol)
    {
        await using var collector = await OtlpCollector.StartAsync(grpc);

        await ExportAsync(
            collector,
            protocol + "\n      headers: [x-api-key=a%b=c, x-other=2]\n      timeout: 30s",
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-environment=1"));

        Assert.Contains(("x-api-key", "a%b=c"), collector.Headers);
        Assert.Contains(("x-other", "2"), collector.Headers);
        Assert.DoesNotContain(collector.Headers, header => header.Name == "x-environment");
    }

    [Fact]
    public async Task Span_OfTheLastCall_IsSentBeforeTheEnd()
    {
        await using var app = new EchoApp();
        await using var collector = await OtlpCollector.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture)],
            Stopping,
            environment: new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{collector.Port}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });
        await sidecar.WaitForReadyAsync(Stopping);

        await RawClient.GetAsync(sidecar.HttpPort, "/last", Stopping, ("dapr-app-id", "app"));
        sidecar.Signal(15);
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Contains(collector.Spans, span => span.Name == "CallLocal/app/last");
    }

    [Fact]
    public async Task Spans_AreSent_EvenWhenAnOpenCallIsCutOff_AndSayPathsAsText()
    {
        await using var app = new EchoApp();
        await using var collector = await OtlpCollector.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--dapr-graceful-shutdown-seconds", "1", "--enable-api-logging"],
            Stopping,
            environment: new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{collector.Port}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });
        await sidecar.WaitForReadyAsync(Stopping);
        var open = RawClient.GetAsync(sidecar.HttpPort, "/b/slow?s=600", Stopping, ("dapr-app-id", "app"));
        await Eventually.TrueAsync(() => app.Requests.Any(request => request.Path == "/b/slow"), "the call is at the app", Stopping);

        await RawClient.GetAsync(sidecar.HttpPort, "/caf%C3%A9", Stopping, ("dapr-app-id", "app"));
        sidecar.Signal(15);
        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains(collector.Spans, span => span.Name == "CallLocal/app/café");
        Assert.Contains("GET /café", output, StringComparison.Ordinal);
        await Record.ExceptionAsync(() => open);
    }

    [Fact]
    public async Task Collector_ThatIsAway_IsSaidOnce()
    {
        await using var app = new EchoApp();
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture)],
            Stopping,
            environment: new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://user:very-secret@127.0.0.1:{FreePort.Next()}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "50" });
        await sidecar.WaitForReadyAsync(Stopping);

        for (var call = 0; call < 5; call++)
        {
            await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));
            await Task.Delay(100, Stopping);
        }

        await Eventually.TrueAsync(() => sidecar.Output.Contains("spans are lost", StringComparison.Ordinal), "it says so", Stopping);
        Assert.Single(sidecar.Output.Split('\n'), line => line.Contains("spans are lost", StringComparison.Ordinal));
        Assert.DoesNotContain("very-secret", sidecar.Output, StringComparison.Ordinal);
    }

    /// <summary>Makes a call and waits until its span has come.</summary>
    private static async Task ExportAsync(OtlpCollector collector, string otel, params (string Name, string Value)[] environment)
    {
        using var folder = new TemporaryFolder();
        await using var app = new EchoApp();
        var config = folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  tracing:\n    samplingRate: \"1\"\n    otel:\n      endpointAddress: \"127.0.0.1:{collector.Port}\"\n      isSecure: false\n      {otel}\n");
        await using var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--config", config],
            Stopping,
            environment: environment.Append(("OTEL_BSP_SCHEDULE_DELAY", "100")).ToDictionary());
        await sidecar.WaitForReadyAsync(Stopping);

        await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"));

        await Eventually.TrueAsync(() => collector.Spans.Any(span => span.Name == "CallLocal/app/show"), "the span is exported", Stopping);
    }

    private static async Task<SidecarProcess> StartAsync(EchoApp app, OtlpCollector collector)
    {
        var sidecar = await SidecarProcess.StartAsync(
            ["run", "--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture)],
            Stopping,
            environment: new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{collector.Port}",
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_SERVICE_NAME"] = "my-name",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            });
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
