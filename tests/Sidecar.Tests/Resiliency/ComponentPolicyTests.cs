using System.Diagnostics;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Bindings;
using McpAspire.Sidecar.Tests.Components.Pluggable;
using McpAspire.Sidecar.Tests.Metrics;
using McpAspire.Sidecar.Tests.PubSub;
using McpAspire.Sidecar.Tests.Rig;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Tests.Resiliency;

/// <summary>Policies of components, from the sidecar to them and from them to the app.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ComponentPolicyTests
{
    private const int SigTerm = 15;
    private const string Retries = "retries: {r: {duration: 10ms, maxRetries: 4}, codes: {duration: 10ms, maxRetries: 4, matching: {httpStatusCodes: '503', gRPCStatusCodes: '14'}}, ever: {duration: 10ms}}";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("r", 500, 5)]
    [InlineData("codes", 503, 5)]
    [InlineData("codes", 500, 1)]
    [InlineData("r", 404, 1)]
    public async Task Event_ThatTheAppDoesNotHandle_ComesAgain_ThenGoesToTheDeadLetters(string retry, int status, int deliveries)
    {
        await using var app = new FeedApp();
        app.Answer("/orders", status);
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app,
            folder,
            PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead") + Policies(Retries, $"bus: {{inbound: {{retry: {retry}}}}}"),
            Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        await app.FirstAsync("/dead", Stopping);

        Assert.Equal(deliveries, app.At("/orders").Count);
        Assert.Single(app.At("/dead"));
        await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            "dapr_resiliency_count{app_id=\"app\",flow_direction=\"inbound\",name=\"policies\",namespace=\"\",policy=\"retry\",status=\"\",target=\"Pubsub_bus\"} 2");
    }

    [Fact]
    public async Task Event_OverAStream_ComesAgainWithTheSameId()
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", PubSubRig.Component() + Policies(Retries, "bus: {inbound: {retry: r}}"));
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources")], Stopping);
        using var client = new DaprClient(sidecar);
        using var stream = client.Api.SubscribeTopicEventsAlpha1(cancellationToken: Stopping);
        await stream.RequestStream.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { InitialRequest = new() { PubsubName = "bus", Topic = "t" } }, Stopping);
        await stream.ResponseStream.MoveNext(Stopping);
        await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bus/t", "{}", Stopping);

        var ids = new HashSet<string>();
        for (var delivery = 0; delivery < 5; delivery++)
        {
            await stream.ResponseStream.MoveNext(Stopping);
            ids.Add(stream.ResponseStream.Current.EventMessage.Id);
            await stream.RequestStream.WriteAsync(new SubscribeTopicEventsRequestAlpha1 { EventProcessed = new() { Id = ids.First(), Status = new TopicEventResponse { Status = TopicEventResponse.Types.TopicEventResponseStatus.Retry } } }, Stopping);
        }

        await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bus/t", "{}", Stopping);
        await stream.ResponseStream.MoveNext(Stopping);
        Assert.Single(ids);
        Assert.DoesNotContain(stream.ResponseStream.Current.EventMessage.Id, ids);
    }

    [Fact]
    public async Task Event_TriedWithoutEnd_DoesNotHoldUpTheEnd()
    {
        await using var app = new FeedApp();
        app.Answer("/orders", 500);
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app,
            folder,
            PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders") + Policies(Retries, "bus: {inbound: {retry: ever}}"),
            Stopping,
            flags: ["--dapr-graceful-shutdown-seconds", "60"]);
        await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        await Eventually.TrueAsync(() => app.At("/orders").Count > 10, "it is tried again and again", Stopping);

        var began = Stopwatch.GetTimestamp();
        sidecar.Signal(SigTerm);
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(0, sidecar.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Event_WhoseAppIsTooSlow_ComesAgain_AndOpensTheCircuit()
    {
        await using var app = new FeedApp();
        app.Answer("/orders", async _ =>
        {
            await Task.Delay(TimeSpan.FromMinutes(1), Stopping);
            return (200, string.Empty);
        });
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app,
            folder,
            PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead")
            + Policies("timeouts: {t: 100ms}\n    circuitBreakers: {c: {trip: consecutiveFailures >= 2, timeout: 10m}}\n    retries: {r: {duration: 10ms, maxRetries: 4}}", "bus: {inbound: {timeout: t, retry: r, circuitBreaker: c}}"),
            Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("circuit breaker is open", StringComparison.Ordinal), "the circuit is open", Stopping);

        Assert.Equal(2, app.At("/orders").Count);
        Assert.Contains("(context deadline exceeded)", sidecar.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r", StatusCode.FailedPrecondition, 5)]
    [InlineData("codes", StatusCode.Unavailable, 5)]
    [InlineData("codes", StatusCode.FailedPrecondition, 1)]
    public async Task Publishing_ThatFails_IsTriedAgain(string retry, StatusCode code, int tries)
    {
        using var folder = new TemporaryFolder();
        await using var broker = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        broker.Failure = new RpcException(new Status(code, "broken"));
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("bus", "pubsub.mine"), $"bus: {{outbound: {{retry: {retry}}}}}");
        using var client = new DaprClient(sidecar);

        var overHttp = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bus/t", "{}", Stopping);
        var triesOverHttp = broker.Failures;
        await Assert.ThrowsAsync<RpcException>(async () => await client.Api.PublishEventAsync(new PublishEventRequest { PubsubName = "bus", Topic = "t" }, cancellationToken: Stopping));

        Assert.Equal((500, tries, tries), (overHttp.Status, triesOverHttp, broker.Failures - triesOverHttp));
    }

    [Fact]
    public async Task Bulk_IsPublishedInTheEnd_EachEventOnce()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        broker.Features = [];
        broker.Failure = new RpcException(new Status(StatusCode.Unavailable, "broken"));
        broker.MostFailures = 4;
        await using var sidecar = await StartAsync(folder, ComponentProcess.Component("bus", "pubsub.mine"), "bus: {outbound: {retry: r}}");

        var entries = string.Join(',', Enumerable.Range(0, 3).Select(n => $$"""{"entryId":"{{n}}","event":"{{n}}","contentType":"text/plain"}"""));
        var answer = await RawClient.PostAsync(sidecar.HttpPort, "/v1.0/publish/bulk/bus/t", $"[{entries}]", Stopping);

        Assert.Equal(204, answer.Status);
        Assert.Equal(3, broker.Published.Count);
        Assert.Equal(3, broker.Published.Select(message => message.Data).Distinct().Count());
    }

    [Fact]
    public async Task StoreAndSecretsAndBinding_OfAProcessThatFailsAtFirst_Answer()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        process.Features = [];
        await using var sidecar = await StartAsync(
            folder,
            ComponentProcess.Component("store", "state.mine") + ComponentProcess.Component("vault", "secretstores.mine") + ComponentProcess.Component("out", "bindings.mine"),
            "store: {outbound: {retry: r}}\n      vault: {outbound: {retry: r}}\n      out: {outbound: {retry: r}}");
        process.Failure = new RpcException(new Status(StatusCode.Unavailable, "broken"));

        async Task<int> StatusAsync(Func<Task<RawResponse>> call)
        {
            process.MostFailures = process.Failures + 3;
            return (await call()).Status;
        }

        Assert.Equal(204, await StatusAsync(() => RawClient.PostAsync(sidecar.HttpPort, "/v1.0/state/store", """[{"key":"a","value":1}]""", Stopping)));
        Assert.Equal(200, await StatusAsync(() => RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/store/a", Stopping)));
        Assert.Equal(204, await StatusAsync(() => RawClient.PostAsync(sidecar.HttpPort, "/v1.0/state/store", """[{"key":"a","value":1},{"key":"b","value":2}]""", Stopping)));
        Assert.Equal(200, await StatusAsync(() => RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/vault/known", Stopping)));
        Assert.Equal(200, await StatusAsync(() => RawClient.PostAsync(sidecar.HttpPort, "/v1.0/bindings/out", """{"operation":"create"}""", Stopping)));
        Assert.Equal(15, process.Failures);
    }

    [Fact]
    public async Task Store_WhoseCallersAreWrong_OpensNoCircuit_AndOneThatFailsDoes()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ComponentProcess.StartAsync(folder, "mine", Stopping);
        await using var sidecar = await StartAsync(
            folder,
            ComponentProcess.Component("store", "state.in-memory") + ComponentProcess.Component("other", "state.mine"),
            "store: {outbound: {retry: r, circuitBreaker: c}}\n      other: {outbound: {circuitBreaker: c}}",
            "\n    circuitBreakers: {c: {trip: consecutiveFailures >= 2, timeout: 10m}}");
        process.Failure = new RpcException(new Status(StatusCode.Unavailable, "broken"));

        Task<RawResponse> SaveAsync(string etag) => RawClient.PostAsync(sidecar.HttpPort, "/v1.0/state/store", $$"""[{"key":"a","value":1{{etag}}}]""", Stopping);
        Assert.Equal(204, (await SaveAsync(string.Empty)).Status);
        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(409, (await SaveAsync(",\"etag\":\"99\"")).Status);
        }

        Assert.Equal(200, (await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/store/a", Stopping)).Status);

        for (var call = 0; call < 3; call++)
        {
            await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/other/a", Stopping);
        }

        var open = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/state/other/a", Stopping);
        Assert.Equal((500, 2), (open.Status, process.Failures));
        Assert.Contains("circuit breaker is open", open.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binding_ThatTakesTooLong_IsAnsweredInTime()
    {
        await using var app = new FeedApp();
        var release = app.Hold("/slow");
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(
            app,
            folder,
            BindingRig.Component("out", "http", ("url", $"http://127.0.0.1:{app.Port}/slow")) + Policies("timeouts: {t: 100ms}", "out: {outbound: {timeout: t}}"),
            Stopping);

        var answer = await BindingRig.InvokeAsync(sidecar, "out", """{"operation":"get"}""", Stopping);

        Assert.Equal(500, answer.Status);
        Assert.Contains("context deadline exceeded", answer.Text, StringComparison.Ordinal);
        release.SetResult();
    }

    [Fact]
    public async Task Trigger_ThatTheAppDoesNotHandle_ComesAgain()
    {
        await using var app = new FeedApp();
        var calls = 0;
        app.Answer("/clock", _ => Task.FromResult((Interlocked.Increment(ref calls) < 3 ? 500 : 200, string.Empty)));
        using var folder = new TemporaryFolder();
        await using var sidecar = await BindingRig.StartAsync(
            app,
            folder,
            BindingRig.Component("clock", "cron", ("schedule", "@every 1s"), ("direction", "input")) + Policies(Retries, "clock: {inbound: {retry: r}}"),
            Stopping);

        await Eventually.TrueAsync(() => app.At("/clock").Count >= 3, "the app is triggered again", Stopping);

        Assert.Single(app.At("/clock").Take(3).Select(request => request.Headers.Value("readTimeUTC")).Distinct());
    }

    [Theory]
    [InlineData("DefaultRetryPolicy", "other: {inbound: {retry: DefaultRetryPolicy}}", 5)]
    [InlineData("DefaultComponentRetryPolicy", "other: {inbound: {retry: DefaultComponentRetryPolicy}}", 5)]
    [InlineData("DefaultPubsubComponentInboundRetryPolicy", "other: {inbound: {retry: DefaultPubsubComponentInboundRetryPolicy}}", 5)]
    [InlineData("DefaultPubsubComponentOutboundRetryPolicy", "other: {inbound: {retry: DefaultPubsubComponentOutboundRetryPolicy}}", 1)]
    [InlineData("DefaultBindingComponentInboundRetryPolicy", "other: {inbound: {retry: DefaultBindingComponentInboundRetryPolicy}}", 1)]
    [InlineData("DefaultRetryPolicy", "bus: {outbound: {retry: DefaultRetryPolicy}}", 1)]
    public async Task DefaultPolicy_IsForComponentsThatNoTargetNames(string policy, string target, int deliveries)
    {
        await using var app = new FeedApp();
        app.Answer("/orders", 500);
        using var folder = new TemporaryFolder();
        await using var sidecar = await PubSubRig.StartAsync(
            app,
            folder,
            PubSubRig.Component() + PubSubRig.Subscription("orders", "/orders", "  deadLetterTopic: dead\n") + PubSubRig.Subscription("dead", "/dead") + Policies($"retries: {{{policy}: {{duration: 10ms, maxRetries: 4}}}}", target),
            Stopping);

        await PubSubRig.PublishAsync(sidecar, "orders", "{}", Stopping);
        await app.FirstAsync("/dead", Stopping);

        Assert.Equal(deliveries, app.At("/orders").Count);
    }

    [Fact]
    public async Task Target_ThatIsNearlyAComponent_IsSaid()
    {
        using var folder = new TemporaryFolder();
        await using var sidecar = await StartAsync(folder, PubSubRig.Component("orders"), "order: {inbound: {retry: r}}");

        Assert.Contains("the target 'order' is no component of this sidecar (did you mean 'orders'?).", sidecar.Output, StringComparison.Ordinal);
    }

    private static string Policies(string policies, string components)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: policies\nspec:\n  policies:\n    {policies}\n  targets:\n    components:\n      {components}\n---\n";

    private static async Task<SidecarProcess> StartAsync(TemporaryFolder folder, string resources, string targets, string morePolicies = "")
    {
        folder.Write("resources/all.yaml", resources + Policies(Retries + morePolicies, targets));
        folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  secrets:\n    scopes:\n      - storeName: vault\n        allowedSecrets: [known]\n");
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")],
            Stopping,
            environment: ComponentProcess.Environment(folder));
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
