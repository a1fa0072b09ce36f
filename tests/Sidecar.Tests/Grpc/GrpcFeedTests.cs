using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Bindings;
using McpAspire.Sidecar.Tests.PubSub;
using McpAspire.Sidecar.Tests.Rig;
using EventStatus = McpAspire.Sidecar.Grpc.Protocol.TopicEventResponse.Types.TopicEventResponseStatus;

namespace McpAspire.Sidecar.Tests.Grpc;

/// <summary>Events and bindings over gRPC: publishing, an app that speaks it, subscriptions over a stream.</summary>
public sealed class GrpcFeedTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task App_GetsEvents_OfItsOwnAndOfTheResourcesSubscriptions()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        app.Wanted.Subscriptions.Add(new TopicSubscription { PubsubName = "bus", Topic = "own", Routes = new TopicRoutes { Rules = { new TopicRule { Match = "event.data.big", Path = "/big" } }, Default = "/small" } });
        app.Wanted.Subscriptions.Add(new TopicSubscription { PubsubName = "bus", Topic = "plain" });
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), environment: new Dictionary<string, string> { ["APP_API_TOKEN"] = "app-token" });
        using var client = new DaprClient(sidecar);

        await PublishAsync(client, "own", """{"big":true}""");
        await PublishAsync(client, "own", """{"big":false}""");
        await PublishAsync(client, "plain", "text", "text/plain");
        await PublishAsync(client, "orders", "bytes", "application/octet-stream");
        await Eventually.TrueAsync(() => app.Events.Count == 4, "all events come", Stopping);

        Assert.Equal(
            [("orders", "/orders", "bytes"), ("own", "/big", "{\"big\":true}"), ("own", "/small", "{\"big\":false}"), ("plain", "", "text")],
            app.Events.Select(found => (found.Event.Topic, found.Event.Path, found.Event.Data.ToStringUtf8())).Order());
        Assert.All(app.Events, found => Assert.Equal("app-token", found.Metadata.GetValue("dapr-api-token")));
        var (first, _) = app.Events.First();
        Assert.Equal(("com.dapr.event.sent", "1.0", "app", "bus"), (first.Type, first.SpecVersion, first.Source, first.PubsubName));
        Assert.Equal("bus", first.Extensions.Fields["pubsubname"].StringValue);
        var metadata = await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping);
        Assert.Equal([("orders", PubsubSubscriptionType.Declarative), ("own", PubsubSubscriptionType.Programmatic), ("plain", PubsubSubscriptionType.Programmatic)], metadata.Subscriptions.Select(found => (found.Topic, found.Type)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(9)]
    public async Task EventThatTheAppDoesNotHandle_GoesToTheDeadLetterTopic(int status)
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        app.EventStatus = (EventStatus)status;
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead"));
        using var client = new DaprClient(sidecar);

        await PublishAsync(client, "orders", "{}");

        await Eventually.TrueAsync(() => app.Events.Any(found => found.Event.Path == "/dead"), "the event comes to the dead letter topic", Stopping);
    }

    [Fact]
    public async Task BulkSubscription_OfAnAppThatSpeaksGrpc_GetsABulk()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/bulk", "  bulkSubscribe: { enabled: true, maxMessagesCount: 5, maxAwaitDurationMs: 50 }\n"));
        using var client = new DaprClient(sidecar);

        await client.Api.BulkPublishEventAsync(new BulkPublishRequest { PubsubName = "bus", Topic = "orders", Entries = { new BulkPublishRequestEntry { EntryId = "1", Event = ByteString.CopyFromUtf8("{}"), ContentType = "application/json" } } }, cancellationToken: Stopping);
        await Eventually.TrueAsync(() => !app.Bulks.IsEmpty, "the bulk comes", Stopping);

        Assert.Equal(("/bulk", "{}"), (app.Bulks.First().Path, app.Bulks.First().Entries[0].CloudEvent.Data.ToStringUtf8()));
    }

    [Theory]
    [InlineData("nobus", "topic", "", StatusCode.InvalidArgument, "pubsub nobus is not found")]
    [InlineData("bus", "", "", StatusCode.InvalidArgument, "topic is empty in pubsub bus")]
    [InlineData("bus", "t", "maybe", StatusCode.InvalidArgument, "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'maybe'")]
    [InlineData("bus", "secret", "", StatusCode.PermissionDenied, "topic secret is not allowed for app id app")]
    public async Task WrongPublish_IsRefused_InDaprsWords(string pubSub, string topic, string raw, StatusCode code, string message)
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, PubSubRig.Component(metadata: "{ name: protectedTopics, value: secret }"));
        using var client = new DaprClient(sidecar);

        var refusal = await DaprClient.RefusedAsync(client.Api.PublishEventAsync(new PublishEventRequest { PubsubName = pubSub, Topic = topic, Metadata = { ["rawPayload"] = raw } }, cancellationToken: Stopping));

        Assert.Equal((code, message), (refusal.StatusCode, refusal.Status.Detail));
        Assert.NotNull(refusal.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Fact]
    public async Task Publish_GoesThroughHttpPipeline_AsOverHttp()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        using var folder = new TemporaryFolder();
        var rule = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: rule\nspec:\n  type: middleware.http.routerchecker\n  version: v1\n  metadata: [{ name: rule, value: '^/v1.0/(healthz|metadata)' }]\n---\n";
        folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  httpPipeline: { handlers: [{ name: rule, type: middleware.http.routerchecker }] }\n");
        await using var sidecar = await StartAsync(app, folder, rule + PubSubRig.Component(), flags: ["--config", folder.PathOf("config.yaml")]);
        using var client = new DaprClient(sidecar);

        var refusal = await DaprClient.RefusedAsync(client.Api.PublishEventAsync(new PublishEventRequest { PubsubName = "bus", Topic = "closed" }, cancellationToken: Stopping));
        using var stream = client.Api.SubscribeTopicEventsAlpha1(cancellationToken: Stopping);
        await stream.RequestStream.WriteAsync(Wants("open"), Stopping);
        var noStream = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Stopping));

        Assert.Equal(StatusCode.Internal, refusal.StatusCode);
        Assert.Equal(StatusCode.Internal, noStream.StatusCode);
    }

    [Fact]
    public async Task Stream_GetsEvents_AndWhatItDoesNotHandleGoesToTheDeadLetterTopic()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("dead", "/dead"));
        using var client = new DaprClient(sidecar);
        using var stream = client.Api.SubscribeTopicEventsAlpha1(cancellationToken: Stopping);
        await stream.RequestStream.WriteAsync(Wants("orders", "dead"), Stopping);
        Assert.True(await stream.ResponseStream.MoveNext(Stopping));
        Assert.NotNull(stream.ResponseStream.Current.InitialResponse);
        await Eventually.TrueAsync(
            async () => (await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping)).Subscriptions.Any(found => found is { Topic: "orders", Type: PubsubSubscriptionType.Streaming }),
            "the stream is a subscription",
            Stopping);

        await PublishAsync(client, "orders", """{"n":1}""");
        await PublishAsync(client, "orders", """{"n":2}""");
        var first = await NextAsync(stream);
        await stream.RequestStream.WriteAsync(Processed(first, EventStatus.Success), Stopping);
        var second = await NextAsync(stream);
        await stream.RequestStream.WriteAsync(Processed(second, EventStatus.Drop), Stopping);
        await Eventually.TrueAsync(() => !app.Events.IsEmpty, "the second one comes to the dead letter topic", Stopping);
        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(Stopping));

        Assert.Equal(("""{"n":1}""", """{"n":2}""", """{"n":2}"""), (first.Data.ToStringUtf8(), second.Data.ToStringUtf8(), app.Events.Single().Event.Data.ToStringUtf8()));
        var metadata = await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping);
        Assert.Equal("dead", Assert.Single(metadata.Subscriptions).Topic);
    }

    [Fact]
    public async Task Stream_IsEndedAtAGracefulEnd_OnceItsEventIsHandled()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, PubSubRig.Component(), flags: ["--dapr-graceful-shutdown-seconds", "60"]);
        using var client = new DaprClient(sidecar);
        using var stream = client.Api.SubscribeTopicEventsAlpha1(cancellationToken: Stopping);
        await stream.RequestStream.WriteAsync(Wants("orders"), Stopping);
        Assert.True(await stream.ResponseStream.MoveNext(Stopping));
        await Eventually.TrueAsync(
            async () => (await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping)).Subscriptions.Count == 1, "the stream is a subscription", Stopping);
        await PublishAsync(client, "orders", "{}");
        var sent = await NextAsync(stream);

        sidecar.Signal(15);
        await stream.RequestStream.WriteAsync(Processed(sent, EventStatus.Success), Stopping);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            Assert.False(await stream.ResponseStream.MoveNext(Stopping));
            throw new InvalidOperationException("the stream has ended");
        });
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(0, sidecar.ExitCode);
    }

    [Fact]
    public async Task InputBinding_TriggersAnAppThatSpeaksGrpc_IfItWantsIt()
    {
        await using var app = await GrpcApp.StartAsync(Stopping);
        app.WantedBindings.Bindings.Add("wanted");
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(
            app, folder, BindingRig.Component("wanted", "cron", ("schedule", "@every 50ms")) + BindingRig.Component("other", "cron", ("schedule", "@every 50ms")));

        await Eventually.TrueAsync(() => app.Triggers.Count >= 3, "the app is triggered", Stopping);

        Assert.Equal(["wanted"], app.Triggers.Select(trigger => trigger.Name).Distinct());
        Assert.Contains("readTimeUTC", app.Triggers.First().Metadata.Keys);
    }

    [Fact]
    public async Task OutputBinding_IsInvoked_AndItsFailureHasItsMetadata()
    {
        await using var target = new FeedApp();
        target.Answer("/good", 200, "done");
        target.Answer("/bad", 404, "gone");
        await using var app = await GrpcApp.StartAsync(Stopping);
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{target.Port}")));
        using var client = new DaprClient(sidecar);

        var answer = await client.Api.InvokeBindingAsync(new InvokeBindingRequest { Name = "out", Operation = "get", Metadata = { ["path"] = "good" } }, cancellationToken: Stopping);
        using var failing = client.Api.InvokeBindingAsync(new InvokeBindingRequest { Name = "out", Operation = "get", Metadata = { ["path"] = "bad" } }, cancellationToken: Stopping);
        var headers = await failing.ResponseHeadersAsync;
        var refusal = await DaprClient.RefusedAsync(failing);

        Assert.Equal(("done", "200"), (answer.Data.ToStringUtf8(), answer.Metadata["statusCode"]));
        Assert.Equal((StatusCode.Internal, "error invoking output binding out: received status code 404", "404"), (refusal.StatusCode, refusal.Status.Detail, headers.GetValue("metadata.statuscode")));
    }

    private static async Task<SidecarProcess> StartAsync(GrpcApp app, TemporaryFolder folder, string resources, IReadOnlyDictionary<string, string>? environment = null, params string[] flags)
    {
        folder.Write("resources/all.yaml", resources);
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--app-protocol", "grpc", "--resources-path", folder.PathOf("resources"), .. flags], Stopping, environment: environment);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }

    private static async Task PublishAsync(DaprClient client, string topic, string body, string contentType = "application/json")
        => await client.Api.PublishEventAsync(new PublishEventRequest { PubsubName = "bus", Topic = topic, Data = ByteString.CopyFromUtf8(body), DataContentType = contentType }, cancellationToken: Stopping);

    private static SubscribeTopicEventsRequestAlpha1 Wants(string topic, string deadLetterTopic = "")
        => new() { InitialRequest = new SubscribeTopicEventsRequestInitialAlpha1 { PubsubName = "bus", Topic = topic, DeadLetterTopic = deadLetterTopic } };

    private static SubscribeTopicEventsRequestAlpha1 Processed(TopicEventRequest found, EventStatus status)
        => new() { EventProcessed = new SubscribeTopicEventsRequestProcessedAlpha1 { Id = found.Id, Status = new TopicEventResponse { Status = status } } };

    private static async Task<TopicEventRequest> NextAsync(AsyncDuplexStreamingCall<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1> stream)
    {
        Assert.True(await stream.ResponseStream.MoveNext(Stopping));
        return stream.ResponseStream.Current.EventMessage;
    }
}
