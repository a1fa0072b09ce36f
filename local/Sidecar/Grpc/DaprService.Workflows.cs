using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Workflows;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Workflows, as over HTTP; Dapr has them under two names.</summary>
internal sealed partial class DaprService
{
    private const string Alpha = "v1alpha1";
    private const string Beta = "v1beta1";
    private const string StartTime = "dapr.workflow.start_time";

    private readonly WorkflowCalls _workflows = new(parts, static failure => new Status(failure.GrpcStatus, failure.Message));

    public override Task<StartWorkflowResponse> StartWorkflowBeta1(StartWorkflowRequest request, ServerCallContext context) => StartWorkflow(request, Beta, context);

    public override Task<GetWorkflowResponse> GetWorkflowBeta1(GetWorkflowRequest request, ServerCallContext context) => GetWorkflow(request, Beta, context);

    public override Task<Empty> TerminateWorkflowBeta1(TerminateWorkflowRequest request, ServerCallContext context) => TerminateWorkflow(request, Beta, context);

    public override Task<Empty> PauseWorkflowBeta1(PauseWorkflowRequest request, ServerCallContext context) => PauseWorkflow(request, Beta, context);

    public override Task<Empty> ResumeWorkflowBeta1(ResumeWorkflowRequest request, ServerCallContext context) => ResumeWorkflow(request, Beta, context);

    public override Task<Empty> RaiseEventWorkflowBeta1(RaiseEventWorkflowRequest request, ServerCallContext context) => RaiseEventWorkflow(request, Beta, context);

    public override Task<Empty> PurgeWorkflowBeta1(PurgeWorkflowRequest request, ServerCallContext context) => PurgeWorkflow(request, Beta, context);

    public override Task<StartWorkflowResponse> StartWorkflowAlpha1(StartWorkflowRequest request, ServerCallContext context) => StartWorkflow(request, Alpha, context);

    public override Task<GetWorkflowResponse> GetWorkflowAlpha1(GetWorkflowRequest request, ServerCallContext context) => GetWorkflow(request, Alpha, context);

    public override Task<Empty> TerminateWorkflowAlpha1(TerminateWorkflowRequest request, ServerCallContext context) => TerminateWorkflow(request, Alpha, context);

    public override Task<Empty> PauseWorkflowAlpha1(PauseWorkflowRequest request, ServerCallContext context) => PauseWorkflow(request, Alpha, context);

    public override Task<Empty> ResumeWorkflowAlpha1(ResumeWorkflowRequest request, ServerCallContext context) => ResumeWorkflow(request, Alpha, context);

    public override Task<Empty> RaiseEventWorkflowAlpha1(RaiseEventWorkflowRequest request, ServerCallContext context) => RaiseEventWorkflow(request, Alpha, context);

    public override Task<Empty> PurgeWorkflowAlpha1(PurgeWorkflowRequest request, ServerCallContext context) => PurgeWorkflow(request, Alpha, context);

    private Task<StartWorkflowResponse> StartWorkflow(StartWorkflowRequest request, string version, ServerCallContext context)
        => _workflows.RunAsync(
            context,
            WorkflowCalls.Start(version, request.WorkflowName, request.InstanceId),
            async sent =>
            {
                var start = new WorkflowStart(request.WorkflowName, request.InstanceId, Encoding.UTF8.GetString(request.Input.Span)) { At = StartOf(request), Trace = WorkflowsApi.TraceOf(sent) };
                return new StartWorkflowResponse { InstanceId = await parts.Workflows.StartAsync(sent.Runtime, start, context.CancellationToken) };
            },
            request.AppId,
            request.WorkflowName);

    /// <summary>As in Dapr one that there is not has nothing but its id, and is no error.</summary>
    private Task<GetWorkflowResponse> GetWorkflow(GetWorkflowRequest request, string version, ServerCallContext context)
        => _workflows.RunAsync(
            context,
            WorkflowCalls.Get(version, request.InstanceId),
            async sent => await parts.Workflows.FindAsync(sent.Runtime, request.InstanceId, context.CancellationToken) is { } instance ? Describe(instance) : new GetWorkflowResponse { InstanceId = request.InstanceId },
            request.AppId);

    private Task<Empty> TerminateWorkflow(TerminateWorkflowRequest request, string version, ServerCallContext context)
        => _workflows.DoAsync(
            context,
            WorkflowCalls.Do(version, request.InstanceId, "terminate"),
            runtime => parts.Workflows.TerminateAsync(runtime, request.InstanceId, null, context.CancellationToken),
            new Empty(),
            request.AppId);

    private Task<Empty> PauseWorkflow(PauseWorkflowRequest request, string version, ServerCallContext context)
        => _workflows.DoAsync(
            context,
            WorkflowCalls.Do(version, request.InstanceId, "pause"),
            runtime => parts.Workflows.SuspendAsync(runtime, request.InstanceId, context.CancellationToken),
            new Empty(),
            request.AppId);

    private Task<Empty> ResumeWorkflow(ResumeWorkflowRequest request, string version, ServerCallContext context)
        => _workflows.DoAsync(
            context,
            WorkflowCalls.Do(version, request.InstanceId, "resume"),
            runtime => parts.Workflows.ResumeAsync(runtime, request.InstanceId, context.CancellationToken),
            new Empty(),
            request.AppId);

    private Task<Empty> RaiseEventWorkflow(RaiseEventWorkflowRequest request, string version, ServerCallContext context)
        => _workflows.DoAsync(
            context,
            WorkflowCalls.Raise(version, request.InstanceId, request.EventName),
            runtime => parts.Workflows.RaiseEventAsync(runtime, request.InstanceId, request.EventName, context.CancellationToken),
            new Empty(),
            request.AppId);

    private Task<Empty> PurgeWorkflow(PurgeWorkflowRequest request, string version, ServerCallContext context)
        => _workflows.DoAsync(
            context,
            WorkflowCalls.Do(version, request.InstanceId, "purge"),
            runtime => parts.Workflows.PurgeAsync(runtime, request.InstanceId, context.CancellationToken),
            new Empty(),
            request.AppId);

    /// <summary>Null: at once.</summary>
    private static DateTimeOffset? StartOf(StartWorkflowRequest request)
        => !request.Options.TryGetValue(StartTime, out var text) ? null
            : Rfc3339.TryParse(text, out var time) ? time
            : throw WorkflowException.NotStarted(request.WorkflowName, "start times must be in RFC3339 format (e.g. \"2009-11-10T23:00:00Z\")");

    private static GetWorkflowResponse Describe(WorkflowInstance instance) => new()
    {
        InstanceId = instance.Id,
        WorkflowName = instance.Name,
        CreatedAt = instance.CreatedAt.ToTimestamp(),
        LastUpdatedAt = instance.UpdatedAt.ToTimestamp(),
        RuntimeStatus = WorkflowsApi.NameOf(instance.Status),
        Properties = { WorkflowsApi.PropertiesOf(instance) },
    };
}
