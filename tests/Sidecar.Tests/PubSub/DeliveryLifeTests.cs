using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.PubSub;

/// <summary>Events while things change: reloads, an unhealthy app, the end. What was taken is not lost.</summary>
public sealed class DeliveryLifeTests
{
    private const int SigTerm = 15;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reload_LosesAndRepeatsNothing_OfASubscriptionThatStays()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);

        var published = 0;
        for (var round = 1; round <= 3; round++)
        {
            folder.Write("resources/more.yaml", PubSubRig.Subscription($"other{round}", "/other", name: "other"));
            folder.Write("resources/all.yaml", PubSubRig.Component(metadata: $"{{ name: consumerID, value: c{round} }}") + PubSubRig.Subscription("orders", "/orders"));
            var wanted = round;
            await Eventually.TrueAsync(
                async () =>
                {
                    Assert.Equal(204, (await PubSubRig.PublishAsync(sidecar, "orders", $$"""{"n":{{published++}}}""", Stopping)).Status);
                    return Reloads(sidecar) >= wanted;
                },
                "the resources are reloaded",
                Stopping);
        }

        await Eventually.TrueAsync(() => app.At("/orders").Count >= published, "every event comes", Stopping);
        Assert.Equal(Enumerable.Range(0, published), app.At("/orders").Select(Number));
    }

    [Fact]
    public async Task SubscriptionThatIsRemoved_HandlesWhatItHas_AndTakesNothingMore()
    {
        await using var app = new FeedApp();
        var release = app.Hold("/orders");
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":0}""", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":1}""", Stopping);
        await app.FirstAsync("/orders", Stopping);

        folder.Write("resources/all.yaml", PubSubRig.Component() + PubSubRig.Subscription("after", "/after"));
        await Eventually.TrueAsync(() => Reloads(sidecar) == 1, "the resources are reloaded", Stopping);
        Assert.Equal(204, (await PubSubRig.PublishAsync(sidecar, "orders", """{"n":2}""", Stopping)).Status);
        await PubSubRig.PublishAsync(sidecar, "after", "{}", Stopping);
        await app.FirstAsync("/after", Stopping);
        release.SetResult();

        await Eventually.TrueAsync(() => app.At("/orders").Count == 2, "the second event comes", Stopping);
        await PubSubRig.PublishAsync(sidecar, "after", "{}", Stopping);
        await Eventually.TrueAsync(() => app.At("/after").Count == 2, "the last event comes", Stopping);
        Assert.Equal([0, 1], app.At("/orders").Select(Number));
    }

    [Fact]
    public async Task ComponentThatIsAddedAndRemoved_IsThereAndGone()
    {
        await using var app = new FeedApp();
        app.Answer("/dapr/subscribe", 200, """[{"pubsubname":"second","topic":"t","route":"/t"}]""");
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component(), Stopping);

        Task<RawResponse> PublishAsync() => RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/second/t", "{}", Stopping);
        Assert.Equal(404, (await PublishAsync()).Status);

        folder.Write("resources/second.yaml", PubSubRig.Component("second"));
        await Eventually.TrueAsync(async () => (await PublishAsync()).Status == 204, "the component is there", Stopping);
        await app.FirstAsync("/t", Stopping);

        File.Delete(folder.PathOf("resources/second.yaml"));
        await Eventually.TrueAsync(async () => (await PublishAsync()).Status == 404, "the component is gone", Stopping);
    }

    [Fact]
    public async Task UnhealthyApp_GetsNothing_AndWhatWaitedOnceItIsWell()
    {
        await using var app = new FeedApp();
        var release = app.Hold("/orders");
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders"), Stopping, watchesHealth: true);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("App entered healthy status", StringComparison.Ordinal), "the app is healthy", Stopping);
        await Eventually.TrueAsync(
            async () => (await PubSubRig.PublishAsync(sidecar, "orders", """{"n":0}""", Stopping)).Status == 204 && app.At("/orders").Count > 0, "the first event comes", Stopping);
        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":1}""", Stopping);

        app.HealthStatus = 503;
        await Eventually.TrueAsync(() => sidecar.Output.Contains("App entered un-healthy status", StringComparison.Ordinal), "the app is not healthy", Stopping);
        Assert.Equal(204, (await PubSubRig.PublishAsync(sidecar, "orders", """{"n":2}""", Stopping)).Status);
        release.SetResult();
        app.HealthStatus = 200;
        await Eventually.TrueAsync(() => app.At("/orders").Any(request => Number(request) == 1), "what waited comes", Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", """{"n":3}""", Stopping);
        await Eventually.TrueAsync(() => app.At("/orders").Any(request => Number(request) == 3), "a new one comes", Stopping);
        Assert.DoesNotContain(2, app.At("/orders").Select(Number)); // as in Dapr: there was no subscriber
    }

    [Fact]
    public async Task GracefulEnd_DeliversWhatWasTaken_AndTheAppMayCallTheSidecarForIt()
    {
        await using var app = new FeedApp();
        using var folder = new TemporaryFolder();
        var release = new TaskCompletionSource();
        SidecarProcess? running = null;
        app.Answer("/orders", async _ =>
        {
            await release.Task;
            return ((await RawClient.GetAsync(running!.HttpPort, "/v1.0/metadata", CancellationToken.None)).Status, string.Empty);
        });
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead"), Stopping, flags: ["--dapr-graceful-shutdown-seconds", "60"]);
        running = sidecar;
        for (var n = 0; n < 3; n++)
        {
            await PubSubRig.PublishAsync(sidecar, "orders", $$"""{"n":{{n}}}""", Stopping);
        }

        await app.FirstAsync("/orders", Stopping);
        sidecar.Signal(SigTerm);
        release.SetResult();
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(0, sidecar.ExitCode);
        Assert.Equal([0, 1, 2], app.At("/orders").Select(Number));
        Assert.Empty(app.At("/dead"));
    }

    [Fact]
    public async Task BlockedEnd_TakesNoMoreEvents_FinishesThoseUnderWay_AndServesOn()
    {
        await using var app = new FeedApp();
        var release = app.Hold("/slow");
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app, folder, PubSubRig.Component() + PubSubRig.Subscription("slow", "/slow") + PubSubRig.Subscription("orders", "/orders"), Stopping, watchesHealth: true, flags: ["--dapr-block-shutdown-duration", "180s", "--dapr-graceful-shutdown-seconds", "60"]);
        await Eventually.TrueAsync(
            async () => (await PubSubRig.PublishAsync(sidecar, "slow", """{"n":0}""", Stopping)).Status == 204 && app.At("/slow").Count > 0, "the event is at the app", Stopping);

        sidecar.Signal(SigTerm);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Blocking graceful shutdown for 3m0s", StringComparison.Ordinal), "the end is blocked", Stopping);
        var meanwhile = await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        app.HealthStatus = 503;
        await Eventually.TrueAsync(() => sidecar.Output.Contains("App reported unhealthy, entering shutdown...", StringComparison.Ordinal), "the end goes on", Stopping);
        Assert.False(sidecar.HasExited);
        release.SetResult();
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal((204, 0), (meanwhile.Status, sidecar.ExitCode));
        Assert.Empty(app.At("/orders"));
    }

    private static int Number(RawRequest request)
    {
        using var document = System.Text.Json.JsonDocument.Parse(request.Body);
        return document.RootElement.GetProperty("data").GetProperty("n").GetInt32();
    }

    private static int Reloads(SidecarProcess sidecar) => sidecar.Output.Split("Resources reloaded").Length - 1;
}
