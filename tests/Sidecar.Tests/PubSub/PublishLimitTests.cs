using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.PubSub;

/// <summary>What a publisher can make the sidecar hold or do has an end.</summary>
public sealed class PublishLimitTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metadata_CountAsWhatAQueueHolds()
    {
        await using var app = new FeedApp();
        var release = app.Hold("/orders");
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);
        var body = $$$"""[{"entryId":"1","event":"","contentType":"text/plain","metadata":{"a":"{{{new string('x', 3_000_000)}}}"}}]""";

        var statuses = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            statuses.Add((await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bulk/bus/orders", body, Stopping)).Status);
        }

        release.SetResult();
        Assert.Equal([204, 204, 500, 500, 500], statuses);
    }

    [Fact]
    public async Task MetadataOfABulkCall_AreNotCopiedWithoutEnd()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component(), Stopping);
        var query = string.Join('&', Enumerable.Range(0, 300).Select(number => $"metadata.{number}="));
        var body = $"[{string.Join(',', Enumerable.Range(0, 1000).Select(number => $$$"""{"entryId":"{{{number}}}","event":"","contentType":"text/plain","metadata":{}}"""))}]";

        var answer = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bulk/bus/orders?" + query, body, Stopping);

        Assert.Equal(400, answer.Status);
        Assert.Contains("ERR_PUBSUB_EVENTS_SER", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MetadataOfABulkCall_OverGrpc_AreNotCopiedWithoutEnd()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component(), Stopping);
        using var client = new DaprClient(sidecar);
        var request = new BulkPublishRequest { PubsubName = "bus", Topic = "orders" };
        for (var number = 0; number < 400; number++)
        {
            request.Metadata[$"m{number}"] = string.Empty;
            request.Entries.Add(new BulkPublishRequestEntry { EntryId = $"{number}", ContentType = "text/plain", Metadata = { ["a"] = string.Empty } });
        }

        var refusal = await DaprClient.RefusedAsync(client.Api.BulkPublishEventAsync(request, cancellationToken: Stopping));

        Assert.True(refusal.StatusCode == global::Grpc.Core.StatusCode.InvalidArgument, $"{refusal}\n{sidecar.Output}");
    }

    [Theory]
    [InlineData("text/plain", "\"\\ud800\"")]
    [InlineData("application/json", "{\"\\ud800\":1}")]
    [InlineData("application/cloudevents+json", "{\"id\":\"\\ud800\"}")]
    public async Task TextThatIsNotUnicode_IsAnsweredAsAMistakeOfTheCaller(string contentType, string text)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component(), Stopping);

        var bulk = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bulk/bus/orders", $$"""[{"entryId":"1","event":{{text}},"contentType":"{{contentType}}"}]""", Stopping);
        var one = await PubSubRig.PublishAsync(sidecar, "orders", text, Stopping, contentType);

        Assert.Contains("errorCode", bulk.Text, StringComparison.Ordinal);
        Assert.True(one.Status == 204 || one.Text.Contains("errorCode", StringComparison.Ordinal), $"{one.Status} {one.Text}");
        Assert.DoesNotContain("unhandled exception", sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadLetterTopics_ThatLeadInACircle_AreLeftAtLast()
    {
        await using var app = new FeedApp();
        app.Answer("/one", 500);
        app.Answer("/two", 500);
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("one", "/one", "  deadLetterTopic: two\n") + PubSubRig.Subscription("two", "/two", "  deadLetterTopic: one\n"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "one", "{}", Stopping);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("error sending message to dead letter", StringComparison.Ordinal), "it is left", Stopping);

        Assert.Equal((5, 4), (app.At("/one").Count, app.At("/two").Count));
    }
}
