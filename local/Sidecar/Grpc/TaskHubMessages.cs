using Google.Protobuf.WellKnownTypes;
using McpAspire.Sidecar.Grpc.DurableTask;
using McpAspire.Sidecar.Workflows;
using SentTrace = McpAspire.Sidecar.Grpc.DurableTask.TraceContext;
using TraceContext = McpAspire.Sidecar.Telemetry.TraceContext;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Between the messages of <see cref="TaskHubService"/> and what they are here.</summary>
internal static class TaskHubMessages
{
    /// <param name="instance">Null: there is none of the id.</param>
    /// <param name="hasPayloads">With what went in and what came out.</param>
    public static GetInstanceResponse Of(WorkflowInstance? instance, bool hasPayloads)
    {
        if (instance is null)
        {
            return new GetInstanceResponse();
        }

        var state = new WorkflowState
        {
            InstanceId = instance.Id,
            Name = instance.Name,
            WorkflowStatus = (OrchestrationStatus)instance.Status,
            CreatedTimestamp = instance.CreatedAt.ToTimestamp(),
            LastUpdatedTimestamp = instance.UpdatedAt.ToTimestamp(),
            ScheduledStartTimestamp = instance.StartsAt?.ToTimestamp(),
        };
        if (hasPayloads)
        {
            (state.Input, state.Output) = (instance.Input, instance.Output);
            state.FailureDetails = instance.Failure is { } failure ? new TaskFailureDetails { ErrorType = failure.Type, ErrorMessage = failure.Message } : null;
        }

        return new GetInstanceResponse { Exists = true, WorkflowState = state };
    }

    /// <summary>As a <c>traceparent</c>, null when there is none. Some clients send its two ids apart.</summary>
    public static string? TraceOf(SentTrace? sent)
        => sent is null ? null : new[] { sent.TraceParent, $"00-{sent.TraceParent}-{sent.SpanID}-01" }.FirstOrDefault(header => TraceContext.TryParse(header, null, out _));

    /// <summary>Null: at once.</summary>
    /// <param name="name">Of the workflow.</param>
    /// <param name="sent">May be one that is no time.</param>
    public static DateTimeOffset? TimeOf(string name, Timestamp? sent)
    {
        try
        {
            return sent?.ToDateTimeOffset();
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw WorkflowException.NotStarted(name, "the time that it is to start at is none");
        }
    }
}
