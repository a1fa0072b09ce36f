using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.DurableTask;
using McpAspire.Sidecar.Workflows;

namespace McpAspire.Sidecar.Grpc;

/// <summary>
/// The service of Dapr's SDKs for workflows, as far as it begins and watches them. Every call goes through <see cref="ApiCalls"/>, as
/// those of <see cref="DaprService"/>.
/// </summary>
internal sealed class TaskHubService(DaprParts parts) : TaskHubSidecarService.TaskHubSidecarServiceBase
{
    private const string Version = "v1";

    private readonly WorkflowCalls _calls = new(parts, StatusOf);

    public override Task<Empty> Hello(Empty request, ServerCallContext context)
        => _calls.RunAsync(context, WorkflowCalls.Get(Version, string.Empty), _ => Task.FromResult(new Empty()), appId: null);

    public override Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext context)
        => _calls.RunAsync(
            context,
            WorkflowCalls.Start(Version, request.Name, request.InstanceId),
            async sent =>
            {
                var start = new WorkflowStart(request.Name, request.InstanceId, request.Input)
                {
                    At = TaskHubMessages.TimeOf(request.Name, request.ScheduledStartTimestamp),
                    Trace = TaskHubMessages.TraceOf(request.ParentTraceContext) ?? WorkflowsApi.TraceOf(sent),
                    IsUnique = request.EnforceUniqueInstanceId,
                };
                return new CreateInstanceResponse { InstanceId = await parts.Workflows.StartAsync(sent.Runtime, start, context.CancellationToken) };
            },
            request.Router?.TargetAppID,
            request.Name);

    public override Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context)
        => _calls.RunAsync(
            context,
            WorkflowCalls.Get(Version, request.InstanceId),
            async sent => Answer(request, await parts.Workflows.FindAsync(sent.Runtime, request.InstanceId, context.CancellationToken)),
            request.Router?.TargetAppID);

    public override Task<GetInstanceResponse> WaitForInstanceStart(GetInstanceRequest request, ServerCallContext context)
        => WaitAsync(request, context, static instance => instance.Status != WorkflowStatus.Pending);

    public override Task<GetInstanceResponse> WaitForInstanceCompletion(GetInstanceRequest request, ServerCallContext context)
        => WaitAsync(request, context, static instance => instance.IsOver);

    public override Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext context)
        => _calls.DoAsync(
            context,
            WorkflowCalls.Raise(Version, request.InstanceId, request.Name),
            runtime => parts.Workflows.RaiseEventAsync(runtime, request.InstanceId, request.Name, context.CancellationToken),
            new RaiseEventResponse(),
            request.Router?.TargetAppID);

    public override Task<TerminateResponse> TerminateInstance(TerminateRequest request, ServerCallContext context)
        => _calls.DoAsync(
            context,
            WorkflowCalls.Do(Version, request.InstanceId, "terminate"),
            runtime => parts.Workflows.TerminateAsync(runtime, request.InstanceId, request.Output, context.CancellationToken),
            new TerminateResponse(),
            request.Router?.TargetAppID);

    public override Task<SuspendResponse> SuspendInstance(SuspendRequest request, ServerCallContext context)
        => _calls.DoAsync(
            context,
            WorkflowCalls.Do(Version, request.InstanceId, "pause"),
            runtime => parts.Workflows.SuspendAsync(runtime, request.InstanceId, context.CancellationToken),
            new SuspendResponse(),
            request.Router?.TargetAppID);

    public override Task<ResumeResponse> ResumeInstance(ResumeRequest request, ServerCallContext context)
        => _calls.DoAsync(
            context,
            WorkflowCalls.Do(Version, request.InstanceId, "resume"),
            runtime => parts.Workflows.ResumeAsync(runtime, request.InstanceId, context.CancellationToken),
            new ResumeResponse(),
            request.Router?.TargetAppID);

    /// <summary>One at a time, and none that is not over, even where <c>force</c> asks for it.</summary>
    public override Task<PurgeInstancesResponse> PurgeInstances(PurgeInstancesRequest request, ServerCallContext context)
        => _calls.RunAsync(
            context,
            WorkflowCalls.Do(Version, request.InstanceId, "purge"),
            async sent =>
            {
                if (request.PurgeInstanceFilter is not null)
                {
                    throw new RpcException(new Status(StatusCode.Unimplemented, "multi-instance purge is not implemented"));
                }

                await parts.Workflows.PurgeAsync(sent.Runtime, request.InstanceId, context.CancellationToken);
                return new PurgeInstancesResponse { DeletedInstanceCount = 1 };
            },
            request.Router?.TargetAppID);

    /// <summary>Let in as the question of how the instance is, and again after each reload; the waiting itself is behind that.</summary>
    private async Task<GetInstanceResponse> WaitAsync(GetInstanceRequest request, ServerCallContext context, Func<WorkflowInstance, bool> isReached)
    {
        var call = WorkflowCalls.Get(Version, request.InstanceId);
        var reloaded = parts.Calls.Reloaded;
        WorkflowInstance? found = null;
        var answer = await _calls.RunAsync(
            context,
            call,
            async sent => Answer(request, found = await parts.Workflows.FindAsync(sent.Runtime, request.InstanceId, context.CancellationToken)),
            request.Router?.TargetAppID);
        if (found is null || isReached(found))
        {
            return answer;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        try
        {
            var waiting = parts.Workflows.WaitAsync(request.InstanceId, isReached, ended.Token);
            while (await Task.WhenAny(reloaded, waiting) == reloaded)
            {
                reloaded = parts.Calls.Reloaded;
                await parts.Calls.JudgeAgainAsync(context, call);
            }

            return Answer(request, await waiting);
        }
        catch (WorkflowException failure)
        {
            throw _calls.ErrorOf(failure);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "context canceled"));
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private static GetInstanceResponse Answer(GetInstanceRequest request, WorkflowInstance? instance) => TaskHubMessages.Of(instance, request.GetInputsAndOutputs);

    /// <summary>Where Dapr's engine says it otherwise here than <see cref="DaprService"/> does; an SDK looks for its words.</summary>
    private static Status StatusOf(WorkflowException failure) => failure.Problem switch
    {
        WorkflowProblem.NoInstance => new Status(StatusCode.Unknown, WorkflowException.Missing),
        WorkflowProblem.NotOver => new Status(StatusCode.Unknown, $"failed to purge workflow state: {WorkflowException.Unfinished}"),
        WorkflowProblem.Exists => new Status(StatusCode.AlreadyExists, failure.Message),
        _ => new Status(failure.GrpcStatus, failure.Message),
    };
}
