using System.Text.Json;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.PubSub;

/// <summary>Where events go, and what becomes of those that are not handled.</summary>
public sealed class SubscriptionTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_ChooseTheRoute_TheFirstOneThatMatches()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        var resources = PubSubRig.Component()
            + PubSubRig.Routes("orders", "    default: /default\n    rules:\n    - match: event.data.amount > 100 && event.data.kind in ['a', 'b']\n      path: /large\n    - match: has(event.data.kind)\n      path: /kind\n")
            + PubSubRig.Routes("strict", "    rules:\n    - match: event.type == 'none'\n      path: /none\n");
        await using var sidecar = await PubSubRig.StartAsync(app, folder, resources, Stopping);

        await PubSubRig.PublishAsync(sidecar, "strict", "{}", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"amount":101,"kind":"b"}""", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"amount":99,"kind":"a"}""", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"amount":99}""", Stopping);
        await app.FirstAsync("/default", Stopping);

        Assert.Single(app.At("/large"));
        Assert.Single(app.At("/kind"));
        Assert.Empty(app.At("/none"));
    }

    [Theory]
    [InlineData(200, """{"status":"DROP"}""")]
    [InlineData(200, """{"status":"RETRY"}""")]
    [InlineData(200, """{"status":"WHAT"}""")]
    [InlineData(404, "")]
    [InlineData(500, "")]
    public async Task EventThatIsNotHandled_GoesToTheDeadLetterTopic_Once(int status, string body)
    {
        await using var app = new FeedApp();
        app.Answer("/orders", status, body);
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":1}""", Stopping);
        var dead = await app.FirstAsync("/dead", Stopping);

        Assert.Equal(app.At("/orders")[0].BodyText, dead.BodyText);
        Assert.Single(app.At("/orders"));
    }

    [Theory]
    [InlineData("""{"status":"SUCCESS"}""")]
    [InlineData("""{"status":""}""")]
    [InlineData("anything")]
    public async Task EventThatIsHandled_DoesNotGoToTheDeadLetterTopic(string body)
    {
        await using var app = new FeedApp();
        app.Answer("/orders", 200, body);
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        await app.FirstAsync("/orders", Stopping);
        await PubSubRig.PublishAsync(sidecar, "dead", """{"last":true}""", Stopping);
        await app.FirstAsync("/dead", Stopping);

        Assert.Contains("last", Assert.Single(app.At("/dead")).BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppsOwnSubscriptions_AreAskedForOnce_AndWinOverAResourceOnTheSameTopic()
    {
        await using var app = new FeedApp();
        app.Answer("/dapr/subscribe", 200, """[{"pubsubname":"bus","topic":"orders","routes":{"rules":[{"match":"event.data.big","path":"/big"}],"default":"/own"}},{"pubsubname":"bus","topic":"plain","route":"plain","deadLetterTopic":"dead"}]""");
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/resource"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", """{"big":true}""", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"big":false}""", Stopping);
        await PubSubRig.PublishAsync(sidecar, "plain", "{}", Stopping);
        await app.FirstAsync("/plain", Stopping);
        await app.FirstAsync("/own", Stopping);

        Assert.Single(app.At("/big"));
        Assert.Empty(app.At("/resource"));
        Assert.Equal("app", Assert.Single(app.At("/dapr/subscribe")).Headers.Value("Dapr-App-Id"));
        using var metadata = JsonDocument.Parse((await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping)).Body);
        var subscriptions = metadata.RootElement.GetProperty("subscriptions");
        Assert.Equal("""{"pubsubname":"bus","topic":"orders","rules":[{"match":"event.data.big","path":"/big"},{"path":"/own"}],"deadLetterTopic":"","type":"PROGRAMMATIC"}""", subscriptions[0].GetRawText());
        Assert.Equal("""{"pubsubname":"bus","topic":"plain","rules":[{"path":"plain"}],"deadLetterTopic":"dead","type":"PROGRAMMATIC"}""", subscriptions[1].GetRawText());
    }

    [Fact]
    public async Task AppWithoutPubSub_IsNotAsked()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Subscription("orders", "/orders"), Stopping);

        Assert.Empty(app.At("/dapr/subscribe"));
        Assert.Contains("\"type\":\"DECLARATIVE\"", (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_GoesThroughAppHttpPipeline_WithTheAppsToken()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        var rule = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: rule\nspec:\n  type: middleware.http.routerchecker\n  version: v1\n  metadata: [{ name: rule, value: '^/open' }]\n---\n";
        folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  appHttpPipeline: { handlers: [{ name: rule, type: middleware.http.routerchecker }] }\n");
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, rule + PubSubRig.Component() + PubSubRig.Subscription("closed", "/closed", "  deadLetterTopic: open\n") + PubSubRig.Subscription("open", "/open"), Stopping,
            environment: new Dictionary<string, string> { ["APP_API_TOKEN"] = "app-token" }, flags: ["--config", folder.PathOf("config.yaml")]);

        await PubSubRig.PublishAsync(sidecar, "closed", "{}", Stopping);
        var request = await app.FirstAsync("/open", Stopping);

        Assert.Empty(app.At("/closed"));
        Assert.Equal("app-token", request.Headers.Value("dapr-api-token"));
    }

    [Fact]
    public async Task SubscriptionScopes_OfTheComponent_DecideWhatTheAppGets()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component(metadata: "{ name: subscriptionScopes, value: 'app=open' }") + PubSubRig.Subscription("open", "/open") + PubSubRig.Subscription("closed", "/closed"), Stopping);

        Assert.Equal(204, (await PubSubRig.PublishAsync(sidecar, "closed", "{}", Stopping)).Status);
        await PubSubRig.PublishAsync(sidecar, "open", "{}", Stopping);
        await app.FirstAsync("/open", Stopping);

        Assert.Empty(app.At("/closed"));
    }

    [Fact]
    public async Task SubscriptionOfAnotherApp_HasNoEffect()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "scopes: [other]\n") + PubSubRig.Subscription("mine", "/mine", "scopes: [app]\n"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        await PubSubRig.PublishAsync(sidecar, "mine", "{}", Stopping);
        await app.FirstAsync("/mine", Stopping);

        Assert.Empty(app.At("/orders"));
    }

    [Fact]
    public async Task Wildcard_TakesAllTopicsThatBeginSo()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders/*", "/all", name: "all"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "other", "{}", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders/1", "{}", Stopping);

        Assert.Contains("\"topic\":\"orders/1\"", (await app.FirstAsync("/all", Stopping)).BodyText, StringComparison.Ordinal);
        Assert.Single(app.At("/all"));
    }

    [Fact]
    public async Task ExpiredEvent_IsNotDelivered()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", """{"expiration":"2020-01-01T00:00:00Z","id":"old"}""", Stopping, "application/cloudevents+json");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("dropping expired pub/sub event old", StringComparison.Ordinal), "the event is dropped", Stopping);

        Assert.Empty(app.At("/orders"));
    }

    [Fact]
    public async Task BulkSubscription_GetsABulk_AndItsStatusesCount()
    {
        await using var app = new FeedApp();
        app.Answer("/bulk", request =>
        {
            using var document = JsonDocument.Parse(request.Body);
            var entry = document.RootElement.GetProperty("entries")[0];
            var status = entry.GetProperty("event").GetProperty("data").GetProperty("n").GetInt32() == 1 ? "SUCCESS" : "DROP";
            return Task.FromResult((200, $$"""{"statuses":[{"entryId":"{{entry.GetProperty("entryId").GetString()}}","status":"{{status}}"}]}"""));
        });
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/bulk", "  deadLetterTopic: dead\n  bulkSubscribe: { enabled: true, maxMessagesCount: 5, maxAwaitDurationMs: 50 }\n") + PubSubRig.Subscription("dead", "/dead"), Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":1}""", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":2}""", Stopping);
        var dead = await app.FirstAsync("/dead", Stopping);

        Assert.Contains("\"data\":{\"n\":2}", dead.BodyText, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"com.dapr.event.sent.bulk\"", app.At("/bulk")[0].BodyText, StringComparison.Ordinal);
        Assert.Single(app.At("/dead"));
    }

    [Theory]
    [InlineData("    rules:\n    - match: event.type ~ 'x'\n      path: /x\n", "is not expected")]
    [InlineData("    rules:\n    - match: foo(event)\n      path: /x\n", "'foo' is not known")]
    public async Task RuleThatCannotBeEvaluated_KeepsTheSidecarFromStarting(string routes, string complaint)
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", PubSubRig.Component() + PubSubRig.Routes("orders", routes));
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app", "--resources-path", folder.PathOf("resources")]);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(1, sidecar.ExitCode);
        Assert.Contains(complaint, output, StringComparison.Ordinal);
    }
}
