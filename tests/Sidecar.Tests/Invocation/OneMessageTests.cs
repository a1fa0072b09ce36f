using McpAspire.Sidecar.Tests.Bindings;
using McpAspire.Sidecar.Tests.PubSub;
using McpAspire.Sidecar.Tests.Rig;
using static McpAspire.Sidecar.Tests.Rig.DaprClient;

namespace McpAspire.Sidecar.Tests.Invocation;

/// <summary>A line break in a value begins no header and no request of its own, past every handler.</summary>
public sealed class OneMessageTests
{
    private const string Smuggled = "x\r\nContent-Length: 0\r\n\r\nPOST /smuggled HTTP/1.1\r\nX-Rest: ";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text/plain", "a=1 HTTP/1.1\r\nContent-Length: 0\r\n\r\nPOST /smuggled HTTP/1.1\r\nX-Rest: ")]
    [InlineData("text/plain", "a=1 HTTP/1.1")]
    [InlineData(Smuggled, "")]
    [InlineData("x\nX-Forged: 1", "")]
    public async Task GrpcCall_ContentTypeAndQuery(string contentType, string query)
    {
        await using var app = new FeedApp();
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", $"{app.Port}"], Stopping);
        using var client = new DaprClient(sidecar);

        var refusal = await RefusedAsync(client.Api.InvokeServiceAsync(Request("app", "show", "hello", query: query, type: contentType), cancellationToken: Stopping));
        await client.Api.InvokeServiceAsync(Request("app", "last", "hello"), cancellationToken: Stopping);

        Assert.Equal(global::Grpc.Core.StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal(["/last"], app.Requests.Where(request => !request.Path.StartsWith("/dapr/", StringComparison.Ordinal)).Select(request => request.Path));
    }

    [Theory]
    [InlineData("""{"id":"1","traceparent":"x\r\nContent-Length: 0\r\n\r\nPOST /smuggled HTTP/1.1\r\nX-Rest: ","traceid":"t"}""", "application/cloudevents+json", "")]
    [InlineData("1", "application/json", "?metadata.cloudevent.traceparent=x%0d%0aX-Forged:%201")]
    public async Task Event_TraceParent(string body, string contentType, string query)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", body, Stopping, contentType, query);
        await PubSubRig.PublishAsync(sidecar, "orders", "2", Stopping);
        await Eventually.TrueAsync(() => app.At("/orders").Count == 2, "both events come", Stopping);

        Assert.Empty(app.At("/smuggled"));
        Assert.All(app.Requests, request => Assert.Null(request.Headers.Value("X-Forged")));
    }

    [Theory]
    [InlineData("X-A")]
    [InlineData("User-Agent")]
    [InlineData("Content-Type")]
    public async Task MetadataOfAnHttpBinding(string name)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(app, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/base")), Stopping);

        var refused = await BindingRig.InvokeAsync(sidecar, "out", $$$"""{"operation":"post","data":"x","metadata":{"{{{name}}}":"x\r\nContent-Length: 0\r\n\r\nPOST /smuggled HTTP/1.1\r\nX-Rest: "}}""", Stopping);
        var good = await BindingRig.InvokeAsync(sidecar, "out", """{"operation":"post","data":"x","metadata":{"X-A":"1"}}""", Stopping);

        Assert.Equal((500, 200), (refused.Status, good.Status));
        Assert.Contains("a character that is not allowed", refused.Text, StringComparison.Ordinal);
        Assert.Empty(app.At("/smuggled"));
    }
}
