using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
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
        await using var collector = new Collector();
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
        await using var collector = new Collector();
        await using var sidecar = await StartAsync(app, collector);

        await RawClient.GetAsync(sidecar.HttpPort, "/unsampled", Stopping, ("dapr-app-id", "app"), ("traceparent", $"00-{TraceId}-b7ad6b7169203331-00"));
        await RawClient.GetAsync(sidecar.HttpPort, "/sampled", Stopping, ("dapr-app-id", "app"));

        await Eventually.TrueAsync(() => collector.Text.Contains("/sampled", StringComparison.Ordinal), "the sampled call is exported", Stopping);
        Assert.DoesNotContain("/unsampled", collector.Text, StringComparison.Ordinal);
    }

    private static async Task<SidecarProcess> StartAsync(EchoApp app, Collector collector)
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

    /// <summary>Takes OTLP over HTTP; strings are plain in protobuf.</summary>
    private sealed class Collector : RawServer
    {
        private readonly ConcurrentQueue<byte[]> _bodies = new();

        public string Text => string.Concat(_bodies.Select(Encoding.Latin1.GetString));

        protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
        {
            if (request.Path == "/v1/traces")
            {
                _bodies.Enqueue(request.Body);
            }

            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n");
            return true;
        }
    }
}
