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

/// <summary>Workflows over gRPC: by Dapr's own methods, and by the service that its SDKs call.</summary>
public sealed class WorkflowGrpcTests
{
    [Fact]
    public async Task Instance_IsBegun_WaitedFor_AndSeenWithItsPayloads()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);

        await hub.HelloAsync(new Empty(), cancellationToken: Stopping);
        var started = await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, InstanceId = "one", Input = Input }, cancellationToken: Stopping);
        var waited = await hub.WaitForInstanceCompletionAsync(Of("one", hasPayloads: true), cancellationToken: Stopping);
        var begun = await hub.WaitForInstanceStartAsync(Of("one"), cancellationToken: Stopping);
        var bare = await hub.GetInstanceAsync(Of("one"), cancellationToken: Stopping);
        var overDapr = await client.Api.GetWorkflowBeta1Async(new GetWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping);

        Assert.Equal("one", started.InstanceId);
        Assert.True(waited.Exists && begun.Exists && bare.Exists);
        var state = waited.WorkflowState;
        Assert.Equal(("one", Echo, OrchestrationStatus.Completed, Input), (state.InstanceId, state.Name, state.WorkflowStatus, state.Input));
        Assert.Contains("echo: hello", state.Output, StringComparison.Ordinal);
        Assert.Null(state.FailureDetails);
        Assert.InRange(state.CreatedTimestamp.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), state.LastUpdatedTimestamp.ToDateTimeOffset());
        Assert.Equal((OrchestrationStatus.Completed, null, null), (bare.WorkflowState.WorkflowStatus, bare.WorkflowState.Input, bare.WorkflowState.Output));
        Assert.Equal(("one", Echo, "COMPLETED"), (overDapr.InstanceId, overDapr.WorkflowName, overDapr.RuntimeStatus));
        Assert.Equal((Input, state.Output), (overDapr.Properties["dapr.workflow.input"], overDapr.Properties["dapr.workflow.output"]));
        Assert.Equal((state.CreatedTimestamp, state.LastUpdatedTimestamp), (overDapr.CreatedAt, overDapr.LastUpdatedAt));
    }

    [Fact]
    public async Task Instance_BegunByDaprsMethods_IsTheSame_UnderBothNames()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var request = new StartWorkflowRequest { WorkflowName = Echo, WorkflowComponent = "dapr", Input = ByteString.CopyFromUtf8(Input) };

        var beta = await client.Api.StartWorkflowBeta1Async(request, cancellationToken: Stopping);
        var alpha = await client.Api.StartWorkflowAlpha1Async(request, cancellationToken: Stopping);

        foreach (var id in new[] { beta.InstanceId, alpha.InstanceId })
        {
            var over = await new Hub(client.Invoker).WaitForInstanceCompletionAsync(Of(id, hasPayloads: true), cancellationToken: Stopping);
            Assert.Contains("echo: hello", over.WorkflowState.Output, StringComparison.Ordinal);
            Assert.Equal("COMPLETED", (await client.Api.GetWorkflowAlpha1Async(new GetWorkflowRequest { InstanceId = id }, cancellationToken: Stopping)).RuntimeStatus);
        }

        Assert.NotEqual(beta.InstanceId, alpha.InstanceId);
    }

    [Fact]
    public async Task Failure_IsTold_WithItsDetails()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);

        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo + "es", InstanceId = "no-tool" }, cancellationToken: Stopping);
        var over = await hub.WaitForInstanceCompletionAsync(Of("no-tool", hasPayloads: true), cancellationToken: Stopping);
        var overDapr = await client.Api.GetWorkflowBeta1Async(new GetWorkflowRequest { InstanceId = "no-tool" }, cancellationToken: Stopping);
        var ofAnApp = await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = "Orders" }, cancellationToken: Stopping));

        Assert.Equal(OrchestrationStatus.Failed, over.WorkflowState.WorkflowStatus);
        Assert.Contains($"'{Echo}es' is not registered", over.WorkflowState.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("FAILED", overDapr.RuntimeStatus);
        Assert.Equal(over.WorkflowState.FailureDetails.ErrorType, overDapr.Properties["dapr.workflow.failure.error_type"]);
        Assert.Equal(StatusCode.Internal, ofAnApp.StatusCode);
    }

    [Fact]
    public async Task Instance_ThatIsNotThere_IsAnsweredAsEachServiceDoes()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend, "metrics: { recordErrorCodes: true }");
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);

        Assert.False((await hub.GetInstanceAsync(Of("none"), cancellationToken: Stopping)).Exists);
        Assert.False((await hub.WaitForInstanceCompletionAsync(Of("none"), cancellationToken: Stopping)).Exists);
        Assert.False((await hub.WaitForInstanceStartAsync(Of("none"), cancellationToken: Stopping)).Exists);
        RpcException[] refusals =
        [
            await RefusedAsync(hub.TerminateInstanceAsync(new TerminateRequest { InstanceId = "none" }, cancellationToken: Stopping)),
            await RefusedAsync(hub.SuspendInstanceAsync(new SuspendRequest { InstanceId = "none" }, cancellationToken: Stopping)),
            await RefusedAsync(hub.ResumeInstanceAsync(new ResumeRequest { InstanceId = "none" }, cancellationToken: Stopping)),
            await RefusedAsync(hub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "none", Name = "e" }, cancellationToken: Stopping)),
            await RefusedAsync(hub.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = "none" }, cancellationToken: Stopping)),
        ];
        var seen = await client.Api.GetWorkflowBeta1Async(new GetWorkflowRequest { InstanceId = "none" }, cancellationToken: Stopping);
        var terminated = await RefusedAsync(client.Api.TerminateWorkflowBeta1Async(new TerminateWorkflowRequest { InstanceId = "none" }, cancellationToken: Stopping));
        var purged = await RefusedAsync(client.Api.PurgeWorkflowAlpha1Async(new PurgeWorkflowRequest { InstanceId = "none" }, cancellationToken: Stopping));
        var nameless = await RefusedAsync(client.Api.GetWorkflowBeta1Async(new GetWorkflowRequest(), cancellationToken: Stopping));
        var metrics = await RawClient.GetAsync(sidecar.MetricsPort, "/metrics", Stopping);

        Assert.All(refusals, refusal => Assert.Equal((StatusCode.Unknown, "no such instance exists"), (refusal.StatusCode, refusal.Status.Detail)));
        Assert.Equal(new GetWorkflowResponse { InstanceId = "none" }, seen);
        Assert.All([terminated, purged], refusal => Assert.Equal((StatusCode.NotFound, "unable to find workflow with the provided instance ID: none"), (refusal.StatusCode, refusal.Status.Detail)));
        Assert.Equal((StatusCode.InvalidArgument, "no instance ID was provided"), (nameless.StatusCode, nameless.Status.Detail));
        Assert.Contains("dapr_error_code_total{app_id=\"app\",category=\"workflow\",error_code=\"ERR_INSTANCE_ID_NOT_FOUND\"} 4\n", metrics.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Id_OfAnotherInstance_IsRefused_UnlessThatIsOver()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait, InstanceId = "one" }, cancellationToken: Stopping);

        var active = await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, InstanceId = "one" }, cancellationToken: Stopping));
        var activeOverDapr = await RefusedAsync(client.Api.StartWorkflowBeta1Async(new StartWorkflowRequest { WorkflowName = Echo, InstanceId = "one" }, cancellationToken: Stopping));
        backend.Go();
        await hub.WaitForInstanceCompletionAsync(Of("one"), cancellationToken: Stopping);
        var unique = await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, InstanceId = "one", EnforceUniqueInstanceId = true }, cancellationToken: Stopping));
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, InstanceId = "one", Input = Input }, cancellationToken: Stopping);
        var wrong = await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, InstanceId = "a.b" }, cancellationToken: Stopping));

        Assert.Equal(StatusCode.AlreadyExists, active.StatusCode);
        Assert.Contains("an active workflow with ID 'one' already exists", active.Status.Detail, StringComparison.Ordinal);
        Assert.Equal((StatusCode.Internal, active.Status.Detail), (activeOverDapr.StatusCode, activeOverDapr.Status.Detail));
        Assert.Equal(StatusCode.AlreadyExists, unique.StatusCode);
        Assert.Equal(Echo, (await hub.WaitForInstanceCompletionAsync(Of("one"), cancellationToken: Stopping)).WorkflowState.Name);
        Assert.Equal(StatusCode.InvalidArgument, wrong.StatusCode);
    }

    [Fact]
    public async Task Instance_IsSuspended_Resumed_Terminated_AndPurged()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait, InstanceId = "one" }, cancellationToken: Stopping);

        await hub.SuspendInstanceAsync(new SuspendRequest { InstanceId = "one", Reason = "later" }, cancellationToken: Stopping);
        var suspended = await hub.GetInstanceAsync(Of("one"), cancellationToken: Stopping);
        await hub.ResumeInstanceAsync(new ResumeRequest { InstanceId = "one" }, cancellationToken: Stopping);
        var resumed = await hub.GetInstanceAsync(Of("one"), cancellationToken: Stopping);
        await hub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "one", Name = "e", Input = "1" }, cancellationToken: Stopping);
        var tooEarly = await RefusedAsync(hub.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = "one", Force = true }, cancellationToken: Stopping));
        var waiting = hub.WaitForInstanceCompletionAsync(Of("one", hasPayloads: true), cancellationToken: Stopping).ResponseAsync;
        await hub.TerminateInstanceAsync(new TerminateRequest { InstanceId = "one", Output = "\"enough\"" }, cancellationToken: Stopping);
        var terminated = await waiting;
        var many = await RefusedAsync(hub.PurgeInstancesAsync(new PurgeInstancesRequest { PurgeInstanceFilter = new PurgeInstanceFilter() }, cancellationToken: Stopping));
        var purged = await hub.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = "one" }, cancellationToken: Stopping);

        Assert.Equal((OrchestrationStatus.Suspended, OrchestrationStatus.Running), (suspended.WorkflowState.WorkflowStatus, resumed.WorkflowState.WorkflowStatus));
        Assert.Equal((StatusCode.Unknown, "failed to purge workflow state: orchestration has not yet completed"), (tooEarly.StatusCode, tooEarly.Status.Detail));
        Assert.Equal((OrchestrationStatus.Terminated, "\"enough\""), (terminated.WorkflowState.WorkflowStatus, terminated.WorkflowState.Output));
        Assert.Equal(StatusCode.Unimplemented, many.StatusCode);
        Assert.Equal(1, purged.DeletedInstanceCount);
        Assert.False((await hub.GetInstanceAsync(Of("one"), cancellationToken: Stopping)).Exists);
    }

    [Fact]
    public async Task Instance_IsPaused_Resumed_Terminated_AndPurged_ByDaprsMethods()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var api = client.Api;
        var get = new GetWorkflowRequest { InstanceId = "one" };
        await api.StartWorkflowBeta1Async(new StartWorkflowRequest { WorkflowName = Wait, InstanceId = "one" }, cancellationToken: Stopping);

        await api.PauseWorkflowBeta1Async(new PauseWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping);
        Assert.Equal("SUSPENDED", (await api.GetWorkflowBeta1Async(get, cancellationToken: Stopping)).RuntimeStatus);
        await api.ResumeWorkflowBeta1Async(new ResumeWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping);
        await api.PauseWorkflowAlpha1Async(new PauseWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping);
        await api.ResumeWorkflowAlpha1Async(new ResumeWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping);
        Assert.Equal("RUNNING", (await api.GetWorkflowBeta1Async(get, cancellationToken: Stopping)).RuntimeStatus);
        await api.RaiseEventWorkflowBeta1Async(new RaiseEventWorkflowRequest { InstanceId = "one", EventName = "e" }, cancellationToken: Stopping);
        var nameless = await RefusedAsync(api.RaiseEventWorkflowAlpha1Async(new RaiseEventWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping));
        var tooEarly = await RefusedAsync(api.PurgeWorkflowBeta1Async(new PurgeWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping));
        await api.TerminateWorkflowAlpha1Async(new TerminateWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping);
        Assert.Equal("TERMINATED", (await api.GetWorkflowBeta1Async(get, cancellationToken: Stopping)).RuntimeStatus);
        await api.PurgeWorkflowBeta1Async(new PurgeWorkflowRequest { InstanceId = "one" }, cancellationToken: Stopping);

        Assert.Equal((StatusCode.InvalidArgument, "missing workflow event name"), (nameless.StatusCode, nameless.Status.Detail));
        Assert.Equal(StatusCode.Internal, tooEarly.StatusCode);
        Assert.Empty((await api.GetWorkflowBeta1Async(get, cancellationToken: Stopping)).WorkflowName);
    }

    [Fact]
    public async Task Instance_OfLater_IsPending_UntilItsTime()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);

        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, InstanceId = "soon", ScheduledStartTimestamp = DateTimeOffset.UtcNow.AddSeconds(3).ToTimestamp() }, cancellationToken: Stopping);
        var pending = await hub.GetInstanceAsync(Of("soon"), cancellationToken: Stopping);
        var begun = await hub.WaitForInstanceStartAsync(Of("soon"), cancellationToken: Stopping);
        var far = new StartWorkflowRequest { WorkflowName = Echo, InstanceId = "far", Options = { ["dapr.workflow.start_time"] = "2999-01-01T00:00:00.123456789+01:00" } };
        await client.Api.StartWorkflowBeta1Async(far, cancellationToken: Stopping);
        await Task.Delay(200, Stopping);
        var never = await hub.GetInstanceAsync(Of("far"), cancellationToken: Stopping);
        far.Options["dapr.workflow.start_time"] = "tomorrow";
        var wrong = await RefusedAsync(client.Api.StartWorkflowBeta1Async(far, cancellationToken: Stopping));
        var none = await RefusedAsync(hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, ScheduledStartTimestamp = new Timestamp { Seconds = long.MaxValue } }, cancellationToken: Stopping));

        Assert.Equal(OrchestrationStatus.Pending, pending.WorkflowState.WorkflowStatus);
        Assert.NotEqual(OrchestrationStatus.Pending, begun.WorkflowState.WorkflowStatus);
        Assert.Equal(OrchestrationStatus.Pending, never.WorkflowState.WorkflowStatus);
        Assert.Equal("2998-12-31T23:00:00.1234567Z", never.WorkflowState.ScheduledStartTimestamp.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(StatusCode.Internal, wrong.StatusCode);
        Assert.Contains("RFC3339", wrong.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Internal, none.StatusCode);
    }

    [Fact]
    public async Task Waiting_EndsWithItsCaller_AndHoldsNothing()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait, InstanceId = "one" }, cancellationToken: Stopping);
        using var patience = new CancellationTokenSource();

        var cancelled = hub.WaitForInstanceCompletionAsync(Of("one"), cancellationToken: patience.Token);
        var late = await RefusedAsync(hub.WaitForInstanceCompletionAsync(Of("one"), deadline: DateTime.UtcNow.AddSeconds(1), cancellationToken: Stopping));
        await patience.CancelAsync();
        var refusal = await RefusedAsync(cancelled);
        var waiting = hub.WaitForInstanceCompletionAsync(Of("one"), cancellationToken: Stopping).ResponseAsync;
        backend.Go();

        Assert.Equal((StatusCode.Cancelled, StatusCode.DeadlineExceeded), (refusal.StatusCode, late.StatusCode));
        Assert.Equal(OrchestrationStatus.Completed, (await waiting).WorkflowState.WorkflowStatus);
    }

    [Fact]
    public async Task Waiting_EndsWithTheSidecar()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend);
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Echo, InstanceId = "far", ScheduledStartTimestamp = DateTimeOffset.UtcNow.AddDays(60).ToTimestamp() }, cancellationToken: Stopping);
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait, InstanceId = "now" }, cancellationToken: Stopping);
        await backend.Waiting.WaitAsync(Stopping);

        var far = hub.WaitForInstanceStartAsync(Of("far"), cancellationToken: Stopping);
        var now = hub.WaitForInstanceCompletionAsync(Of("now"), cancellationToken: Stopping);
        await hub.GetInstanceAsync(Of("far"), cancellationToken: Stopping); // sent behind both
        sidecar.Signal(15);
        await Task.Delay(300, Stopping);
        backend.Go();

        Assert.Equal(OrchestrationStatus.Completed, (await now).WorkflowState.WorkflowStatus);
        Assert.Equal(StatusCode.Unavailable, (await RefusedAsync(far)).StatusCode);
        await sidecar.WaitForExitAsync(Stopping);
        Assert.Equal(0, sidecar.ExitCode);
    }

    [Fact]
    public async Task Waiting_ThatWouldNotBeLetInAfterAReload_Ends()
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = Folder(backend, Checked);
        folder.Write("resources/rule.yaml", Rule.Replace("VALUE", ".*", StringComparison.Ordinal));
        await using var sidecar = await StartAsync(folder);
        using var client = new DaprClient(sidecar);
        var hub = new Hub(client.Invoker);
        await hub.StartInstanceAsync(new CreateInstanceRequest { Name = Wait, InstanceId = "one" }, cancellationToken: Stopping);
        var waiting = hub.WaitForInstanceCompletionAsync(Of("one"), cancellationToken: Stopping);
        await hub.GetInstanceAsync(Of("one"), cancellationToken: Stopping);

        folder.Write("resources/rule.yaml", Rule.Replace("VALUE", "^/v1.0/healthz", StringComparison.Ordinal));

        var refusal = await RefusedAsync(waiting).WaitAsync(TimeSpan.FromSeconds(40), Stopping);
        Assert.Equal(StatusCode.Internal, refusal.StatusCode);
    }
}
