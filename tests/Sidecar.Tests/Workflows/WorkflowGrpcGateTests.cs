using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.DurableTask;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;
using static McpAspire.Sidecar.Tests.Rig.DaprClient;
using static McpAspire.Sidecar.Tests.Workflows.WorkflowGrpcRig;
using Hub = McpAspire.Sidecar.Grpc.DurableTask.TaskHubSidecarService.TaskHubSidecarServiceClient;

namespace McpAspire.Sidecar.Tests.Workflows;

/// <summary>Who may call the workflow API over gRPC, and with what.</summary>
public sealed class WorkflowGrpcGateTests
{
    [Fact]
    public async Task RouterChecker_JudgesTheHttpRequestThatACallMeans()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend, Checked);
        folder.Write("resources/rule.yaml", Rule.Replace("VALUE", "^/v1.0(-beta1)?/(healthz|workflows/dapr/(open|dapr.internal.mcp.mine.ListTools/start[?]instanceID=open))$", StringComparison.Ordinal));
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);

        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = ListTools, InstanceId = "open" }, cancellationToken: Stopping);
        await hub.WaitForInstanceCompletionAsync(Of("open"), cancellationToken: Stopping);
        await client.Api.GetWorkflowBeta1Async(new GetWorkflowRequest { InstanceId = "open" }, cancellationToken: Stopping);
        RpcException[] refusals =
        [
            await RefusedAsync(hub.HelloAsync(new Empty(), cancellationToken: Stopping)),
            await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait }, cancellationToken: Stopping)),
            await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = $"{ListTools}/../{Wait}" }, cancellationToken: Stopping)),
            await RefusedAsync(hub.GetInstanceAsync(Of("closed"), cancellationToken: Stopping)),
            await RefusedAsync(hub.GetInstanceAsync(Of("../dapr/open"), cancellationToken: Stopping)),
            await RefusedAsync(hub.WaitForInstanceCompletionAsync(Of("closed"), cancellationToken: Stopping)),
            await RefusedAsync(hub.TerminateInstanceAsync(new TerminateRequest { InstanceId = "open" }, cancellationToken: Stopping)),
            await RefusedAsync(hub.PurgeInstancesAsync(new PurgeInstancesRequest { PurgeInstanceFilter = new PurgeInstanceFilter() }, cancellationToken: Stopping)),
            await RefusedAsync(client.Api.StartWorkflowBeta1Async(new StartWorkflowRequest { WorkflowName = Wait }, cancellationToken: Stopping)),
            await RefusedAsync(client.Api.GetWorkflowAlpha1Async(new GetWorkflowRequest { InstanceId = "open" }, cancellationToken: Stopping)),
        ];

        Assert.All(refusals, refusal => Assert.Equal((StatusCode.Internal, "Bad Request"), (refusal.StatusCode, refusal.Status.Detail)));
        Assert.Equal(0, backend.Calls);
    }

    [Theory]
    [InlineData("denied: [{ name: workflows, protocol: grpc }]", false, false)]
    [InlineData("denied: [{ name: workflows, version: v1, protocol: grpc }]", false, true)]
    [InlineData("allowed: [{ name: workflows, version: v1, protocol: grpc }]", true, false)]
    [InlineData("allowed: [{ name: workflows, version: v1.0-beta1, protocol: grpc }]", false, true)]
    public async Task ApiRules_HoldForBothServices(string rule, bool servesHub, bool servesDapr)
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend, $"api: {{ {rule} }}");
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);

        Assert.Equal(servesHub ? StatusCode.OK : StatusCode.Unimplemented, await StatusAsync(new Hub(client.Invoker).WaitForInstanceStartAsync(Of("one"), cancellationToken: Stopping)));
        Assert.Equal(servesDapr ? StatusCode.OK : StatusCode.Unimplemented, await StatusAsync(client.Api.GetWorkflowBeta1Async(new GetWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping)));
    }

    [Fact]
    public async Task ApiToken_IsAskedOfTheHub()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder, new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "the-token" });
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);

        var refusal = await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait }, cancellationToken: Stopping));
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = ListTools }, new Metadata { { "dapr-api-token", "the-token" } }, cancellationToken: Stopping);

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Equal(0, backend.Calls);
    }

    [Theory]
    [InlineData("false")]
    [InlineData(null)]
    public async Task WithoutAnActorStateStore_EveryCallSaysSo(string? isActorStateStore)
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend, isActorStateStore: isActorStateStore);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        RpcException[] refusals =
        [
            await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo }, cancellationToken: Stopping)),
            await RefusedAsync(hub.GetInstanceAsync(Of("one"), cancellationToken: Stopping)),
            await RefusedAsync(hub.WaitForInstanceCompletionAsync(Of("one"), cancellationToken: Stopping)),
            await RefusedAsync(client.Api.StartWorkflowBeta1Async(new StartWorkflowRequest { WorkflowName = Echo }, cancellationToken: Stopping)),
            await RefusedAsync(client.Api.TerminateWorkflowBeta1Async(new TerminateWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping)),
        ];

        Assert.All(refusals, refusal =>
        {
            Assert.Equal(StatusCode.Internal, refusal.StatusCode);
            Assert.Contains("the state store is not configured to use the actor runtime.", refusal.Status.Detail, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task OtherApp_IsRefused_AndTheOwnIsNone()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        var other = new TaskRouter { TargetAppID = "other" };

        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait, InstanceId = "one", Router = new TaskRouter { TargetAppID = "app" } }, cancellationToken: Stopping);
        RpcException[] refusals =
        [
            await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, Router = other }, cancellationToken: Stopping)),
            await RefusedAsync(hub.WaitForInstanceStartAsync(new GetInstanceRequest { InstanceId = "one", Router = other }, cancellationToken: Stopping)),
            await RefusedAsync(hub.TerminateInstanceAsync(new TerminateRequest { InstanceId = "one", Router = other }, cancellationToken: Stopping)),
            await RefusedAsync(hub.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = "one", Router = other }, cancellationToken: Stopping)),
            await RefusedAsync(client.Api.StartWorkflowBeta1Async(new StartWorkflowRequest { WorkflowName = Echo, AppId = "other" }, cancellationToken: Stopping)),
            await RefusedAsync(client.Api.GetWorkflowBeta1Async(new GetWorkflowRequest { InstanceId = "one", AppId = "other" }, cancellationToken: Stopping)),
        ];

        Assert.All(refusals, refusal =>
        {
            Assert.Equal(StatusCode.Internal, refusal.StatusCode);
            Assert.Contains("the app 'other' is not the one of this sidecar", refusal.Status.Detail, StringComparison.Ordinal);
        });
        Assert.Equal(OrchestrationStatus.Running, (await hub.GetInstanceAsync(Of("one"), cancellationToken: Stopping)).WorkflowState.WorkflowStatus);
    }

    /// <summary>In one piece, in two pieces as Go's client sends it, and not to be read.</summary>
    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "", "4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData("nonsense", "", "11111111111111111111111111111111")]
    public async Task Trace_IsThatOfTheRequest_ElseOfTheCall(string traceParent, string spanId, string traceId)
    {
        await using var backend = await McpBackend.StartAsync();
        await using var collector = await OtlpCollector.StartAsync();
        using var folder = Folder(backend, $"tracing: {{ samplingRate: '1', otel: {{ endpointAddress: '127.0.0.1:{collector.Port}', isSecure: false, protocol: http }} }}");
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        backend.Requests.Clear();
        var request = new CreateInstanceRequest { Name = Echo, InstanceId = "one", Input = Input, ParentTraceContext = new TraceContext { TraceParent = traceParent, SpanID = spanId } };

        await hub.StartInstanceAsync(request, new Metadata { { "traceparent", "00-11111111111111111111111111111111-2222222222222222-01" } }, cancellationToken: Stopping);
        await hub.WaitForInstanceCompletionAsync(Of("one"), cancellationToken: Stopping);

        Assert.StartsWith($"00-{traceId}-", Assert.Single(backend.Requests, sent => sent.Verb == "POST").Headers.TraceParent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_OfTooManyFields_IsRefusedOfTheHubToo()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        var request = new CreateInstanceRequest { Name = Echo };
        for (var i = 0; i < 60_000; i++)
        {
            request.Tags[$"{i}"] = string.Empty;
        }

        var wide = await RefusedAsync(hub.StartInstanceAsync(request, cancellationToken: Stopping));
        var large = await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, Input = new string('\n', 3_000_000) }, cancellationToken: Stopping));

        Assert.Equal((StatusCode.ResourceExhausted, "the message has more than 100000 fields"), (wide.StatusCode, wide.Status.Detail));
        Assert.Equal(StatusCode.Internal, large.StatusCode);
    }
}
