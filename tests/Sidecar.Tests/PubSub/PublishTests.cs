using System.Globalization;
using System.Text;
using System.Text.Json;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.PubSub;

/// <summary>Dapr's publish API: the CloudEvent that a payload becomes, and the errors.</summary>
public sealed class PublishTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json; charset=utf-8", """{"n":12345678901234567890}""", "data", """{"n":12345678901234567890}""")]
    [InlineData("application/json", "no json", "data", "\"no json\"")]
    [InlineData("text/plain", "hello", "data", "\"hello\"")]
    [InlineData("application/octet-stream", "hello", "data_base64", "\"aGVsbG8=\"")]
    public async Task Payload_ReachesTheSubscriber_AsACloudEvent(string contentType, string body, string field, string data)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);

        var answer = await PubSubRig.PublishAsync(sidecar, "orders", body, Stopping, contentType);
        var request = await app.FirstAsync("/orders", Stopping);

        Assert.Equal((204, string.Empty), (answer.Status, answer.Text));
        Assert.Equal(("POST", "application/cloudevents+json"), (request.Verb, request.Headers.Value("Content-Type")));
        using var document = JsonDocument.Parse(request.Body);
        var cloudEvent = document.RootElement;
        Assert.Equal(data, cloudEvent.GetProperty(field).GetRawText());
        Assert.Equal(
            ("1.0", "com.dapr.event.sent", "app", "orders", "bus", contentType),
            (Text("specversion"), Text("type"), Text("source"), Text("topic"), Text("pubsubname"), Text("datacontenttype")));
        Assert.True(Guid.TryParse(Text("id"), out _));
        Assert.True(DateTimeOffset.TryParse(Text("time"), CultureInfo.InvariantCulture, out _));
        Assert.Equal(Text("traceid"), Text("traceparent"));
        Assert.Equal(JsonValueKind.String, cloudEvent.GetProperty("tracestate").ValueKind);

        string? Text(string name) => cloudEvent.GetProperty(name).GetString();
    }

    [Fact]
    public async Task CloudEvent_OfTheCaller_IsCompleted_AndOtherwiseKept()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", """{"id":"7","source":"mine","data":[1],"topic":"other","extra":true}""", Stopping, "application/cloudevents+json");
        var request = await app.FirstAsync("/orders", Stopping);

        using var document = JsonDocument.Parse(request.Body);
        var cloudEvent = document.RootElement;
        Assert.Equal(
            ("7", "mine", "[1]", "orders", "com.dapr.event.sent", true),
            (cloudEvent.GetProperty("id").GetString(), cloudEvent.GetProperty("source").GetString(), cloudEvent.GetProperty("data").GetRawText(), cloudEvent.GetProperty("topic").GetString(), cloudEvent.GetProperty("type").GetString(), cloudEvent.GetProperty("extra").GetBoolean()));
    }

    [Fact]
    public async Task Metadata_OverridesTheEnvelope_AndLimitsItsLife()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping, query: "?metadata.cloudevent.id=9&metadata.cloudevent.type=t&metadata.ttlInSeconds=60");
        var request = await app.FirstAsync("/orders", Stopping);

        using var document = JsonDocument.Parse(request.Body);
        Assert.Equal(("9", "t"), (document.RootElement.GetProperty("id").GetString(), document.RootElement.GetProperty("type").GetString()));
        Assert.InRange(document.RootElement.GetProperty("expiration").GetDateTimeOffset(), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(61));
    }

    [Fact]
    public async Task RawPayload_IsPassedAsItIs_AndWrappedForItsSubscriber()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("raw", "/raw", "  metadata: { rawPayload: 'true' }\n"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "raw", "not wrapped", Stopping, "text/plain", "?metadata.rawPayload=true");
        var request = await app.FirstAsync("/raw", Stopping);

        using var document = JsonDocument.Parse(request.Body);
        Assert.Equal("not wrapped", Encoding.UTF8.GetString(document.RootElement.GetProperty("data_base64").GetBytesFromBase64()));
    }

    [Theory]
    [InlineData("/v1.0/publish/nobus/topic", "{}", "application/json", 404, "ERR_PUBSUB_NOT_FOUND", "pubsub nobus is not found", "DAPR_PUBSUB_NOT_FOUND", 1)]
    [InlineData("/v1.0/publish/bus/", "{}", "application/json", 404, "ERR_TOPIC_NAME_EMPTY", "topic is empty in pubsub bus", "DAPR_PUBSUB_TOPIC_NAME_EMPTY", 2)]
    [InlineData("/v1.0/publish/bus/t?metadata.rawPayload=maybe", "{}", "application/json", 400, "ERR_PUBSUB_REQUEST_METADATA", "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'maybe'", "DAPR_PUBSUB_METADATA_DESERIALIZATION", 2)]
    [InlineData("/v1.0/publish/bus/t", "{\"}", "application/cloudevents+json", 500, "ERR_PUBSUB_CLOUD_EVENTS_SER", "cannot create cloudevent", "DAPR_PUBSUB_CLOUD_EVENT_CREATION", 2)]
    [InlineData("/v1.0/publish/bus/secret", "{}", "application/json", 403, "ERR_PUBSUB_FORBIDDEN", "topic secret is not allowed for app id app", "DAPR_PUBSUB_FORBIDDEN", 2)]
    [InlineData("/v1.0-alpha1/publish/bulk/bus/t", "{\"entryID\": \"}", "application/json", 400, "ERR_PUBSUB_EVENTS_SER", "error when unmarshaling the request for topic t pubsub bus: unexpected EOF", "DAPR_PUBSUB_UNMARSHAL_EVENTS", 2)]
    [InlineData("/v1.0/publish/bulk/bus/t", "[{\"event\":\"a\",\"contentType\":\"text/plain\"}]", "application/json", 400, "ERR_PUBSUB_EVENTS_SER", "error marshaling events to bytes for topic t pubsub bus. error: entryId is duplicated or not present for entry", "DAPR_PUBSUB_MARSHAL_EVENTS", 2)]
    [InlineData("/v1.0/publish/bulk/bus/t", "[{\"entryId\":\"1\",\"event\":{},\"contentType\":\"text/plain\"}]", "application/json", 400, "ERR_PUBSUB_EVENTS_SER", "error when marshalling cloud event envelope for topic t pubsub bus: error: mismatch between contentType and event", "DAPR_PUBSUB_MARSHAL_ENVELOPE", 2)]
    public async Task WrongCall_IsRefused_InDaprsWords(string target, string body, string contentType, int status, string code, string message, string reason, int details)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component(metadata: "{ name: protectedTopics, value: secret }"), Stopping);

        var answer = await RawClient.PostAsync(sidecar.HttpPort, target, body, Stopping, ("Content-Type", contentType));

        using var document = JsonDocument.Parse(answer.Body);
        var error = document.RootElement;
        Assert.Equal((status, code, message), (answer.Status, error.GetProperty("errorCode").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal(details, error.GetProperty("details").GetArrayLength());
        Assert.Equal(reason, error.GetProperty("details")[details - 1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Bulk_ReachesTheSubscriber_EventByEvent()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);

        var answer = await RawClient.PostAsync(
            sidecar.HttpPort, "/v1.0-alpha1/publish/bulk/bus/orders", """[{"entryId":"1","event":{"n":1},"contentType":"application/json"},{"entryId":"2","event":"two","contentType":"text/plain"}]""", Stopping);
        await Eventually.TrueAsync(() => app.At("/orders").Count == 2, "both events come", Stopping);

        Assert.Equal(204, answer.Status);
        Assert.Contains("\"data\":{\"n\":1}", app.At("/orders")[0].BodyText, StringComparison.Ordinal);
        Assert.Contains("\"data\":\"two\"", app.At("/orders")[1].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_OfTheComponent_DecideWhatTheAppMayPublish()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component(metadata: "{ name: publishingScopes, value: 'app=a,b;other=c' }, { name: allowedTopics, value: 'a,c,d' }"), Stopping);

        var statuses = new List<int>();
        foreach (var topic in (string[])["a", "b", "c", "d"])
        {
            statuses.Add((await PubSubRig.PublishAsync(sidecar, topic, "{}", Stopping)).Status);
        }

        Assert.Equal([204, 403, 403, 403], statuses);
    }

    [Fact]
    public async Task Publish_NeedsTheApiToken()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping, environment: new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "secret" });

        var refused = await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        var taken = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bus/orders", "{}", Stopping, ("dapr-api-token", "secret"));

        Assert.Equal((401, 204), (refused.Status, taken.Status));
        Assert.DoesNotContain("secret", (await app.FirstAsync("/orders", Stopping)).Headers.Select(header => header.Value), StringComparer.Ordinal);
    }

    [Fact]
    public async Task SlowSubscriber_FillsItsQueue_ThePublisherIsTold_AndWhatWasTakenComesInOrder()
    {
        await using var app = new FeedApp();
        var release = app.Hold("/orders");
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);

        // Sixteen MiB are the limit: a few large ones reach it.
        var big = new string('x', 1024 * 1024);
        var taken = 0;
        RawResponse answer;
        while ((answer = await PubSubRig.PublishAsync(sidecar, "orders", $"{taken}:{big}", Stopping, "text/plain")).Status == 204)
        {
            taken++;
            Assert.True(taken < 64, "the queue has no end");
        }

        Assert.Equal(500, answer.Status);
        Assert.Contains("ERR_PUBSUB_PUBLISH_MESSAGE", answer.Text, StringComparison.Ordinal);
        Assert.Contains("has no room", answer.Text, StringComparison.Ordinal);
        Assert.Equal(204, (await PubSubRig.PublishAsync(sidecar, "other", "{}", Stopping)).Status);

        release.SetResult();
        await Eventually.TrueAsync(() => app.At("/orders").Count == taken, "all that was taken comes", Stopping);
        Assert.All(app.At("/orders").Index(), request => Assert.Contains($"\"data\":\"{request.Index}:", request.Item.BodyText, StringComparison.Ordinal));
        Assert.Equal(204, (await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping)).Status);
    }
}
