using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.PubSub;
using McpAspire.Sidecar.Tests.Rig;
using EventStatus = McpAspire.Sidecar.Grpc.Protocol.TopicEventResponse.Types.TopicEventResponseStatus;
using Stream = Grpc.Core.AsyncDuplexStreamingCall<McpAspire.Sidecar.Grpc.Protocol.SubscribeTopicEventsRequestAlpha1, McpAspire.Sidecar.Grpc.Protocol.SubscribeTopicEventsResponseAlpha1>;

namespace McpAspire.Sidecar.Tests.Grpc;

/// <summary>Subscriptions over streams of several clients, and while resources change.</summary>
public sealed class StreamLifeTests
{
    private const string Rule = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: rule\nspec:\n  type: middleware.http.routerchecker\n  version: v1\n  metadata: [{ name: rule, value: 'VALUE' }]\n---\n";
    private const string Configuration = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  httpPipeline: { handlers: [{ name: rule, type: middleware.http.routerchecker }] }\n";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, StatusCode.Unimplemented)]
    [InlineData(false, StatusCode.Internal)]
    public async Task Stream_ThatWouldNotBeLetInAfterAReload_Ends(bool closesApi, StatusCode status)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder);
        using var client = new DaprClient(sidecar);
        using var stream = await OpenAsync(client, "orders");

        if (closesApi)
        {
            folder.Write("config.yaml", Configuration + "  api: { denied: [{ name: subscribe, version: v1alpha1 }] }\n");
        }
        else
        {
            folder.Write("resources/rule.yaml", Rule.Replace("VALUE", "^/v1.0/(healthz|metadata)", StringComparison.Ordinal));
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Stopping).WaitAsync(TimeSpan.FromSeconds(40), Stopping));

        Assert.Equal(status, refusal.StatusCode);
        var metadata = await client.Api.GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Stopping);
        Assert.Empty(metadata.Subscriptions);
    }

    [Fact]
    public async Task Stream_OutlivesItsComponentsReloads_AndGetsEventsWhenItIsThere()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder);
        using var client = new DaprClient(sidecar);
        using var stream = await OpenAsync(client, "orders");

        folder.Write("resources/all.yaml", PubSubRig.Component("other"));
        await Eventually.TrueAsync(async () => (await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping)).Status == 404, "the component is gone", Stopping);
        folder.Write("resources/all.yaml", PubSubRig.Component());
        await Eventually.TrueAsync(async () => (await PubSubRig.PublishAsync(sidecar, "orders", """{"n":1}""", Stopping)).Status == 204, "the component is back", Stopping);

        var found = await NextAsync(stream);
        while (found.Data.ToStringUtf8() == "{}")
        {
            await stream.RequestStream.WriteAsync(Processed(found, EventStatus.Success), Stopping); // published before it was gone
            found = await NextAsync(stream);
        }

        Assert.Equal("""{"n":1}""", found.Data.ToStringUtf8());
    }

    [Fact]
    public async Task Clients_CannotSayWhatBecameOfEachOthersEvents()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(app, folder, PubSubRig.Subscription("dead", "/dead"));
        using var client = new DaprClient(sidecar);
        using var other = new DaprClient(sidecar);
        using var stream = await OpenAsync(client, "orders", "dead");
        using var others = await OpenAsync(other, "orders");
        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":1}""", Stopping);
        var mine = await NextAsync(stream);
        Assert.Equal(mine.Id, (await NextAsync(others)).Id);

        await others.RequestStream.WriteAsync(Processed(mine, EventStatus.Success), Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":2}""", Stopping);
        Assert.Equal("""{"n":2}""", (await NextAsync(others)).Data.ToStringUtf8());
        await stream.RequestStream.WriteAsync(Processed(mine, EventStatus.Drop), Stopping);

        await app.FirstAsync("/dead", Stopping);
        Assert.Equal("""{"n":2}""", (await NextAsync(stream)).Data.ToStringUtf8());
    }

    private static async Task<SidecarProcess> StartAsync(FeedApp app, TemporaryFolder folder, string more = "")
    {
        folder.Write("resources/rule.yaml", Rule.Replace("VALUE", ".*", StringComparison.Ordinal));
        folder.Write("config.yaml", Configuration);
        return await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + more, Stopping, flags: ["--config", folder.PathOf("config.yaml")]);
    }

    private static async Task<Stream> OpenAsync(DaprClient client, string topic, string deadLetterTopic = "")
    {
        var stream = client.Api.SubscribeTopicEventsAlpha1(cancellationToken: Stopping);
        await stream.RequestStream.WriteAsync(new() { InitialRequest = new() { PubsubName = "bus", Topic = topic, DeadLetterTopic = deadLetterTopic } }, Stopping);
        Assert.True(await stream.ResponseStream.MoveNext(Stopping));
        return stream;
    }

    private static async Task<TopicEventRequest> NextAsync(Stream stream)
    {
        Assert.True(await stream.ResponseStream.MoveNext(Stopping));
        return stream.ResponseStream.Current.EventMessage;
    }

    private static SubscribeTopicEventsRequestAlpha1 Processed(TopicEventRequest found, EventStatus status)
        => new() { EventProcessed = new() { Id = found.Id, Status = new TopicEventResponse { Status = status } } };
}
