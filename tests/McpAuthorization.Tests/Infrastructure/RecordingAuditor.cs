using System.Collections.Concurrent;
using McpAspire.McpAuthorization.Auditing;

namespace McpAspire.McpAuthorization.Tests.Infrastructure;

internal sealed class RecordingAuditor : IToolCallAuditor
{
    public ConcurrentQueue<ToolCallAudit> Calls { get; } = new();

    public ConcurrentQueue<(Guid CallId, ToolCallOutcome Outcome)> Outcomes { get; } = new();

    /// <summary>What writing the trail throws, when it is broken.</summary>
    public Exception? Broken { get; set; }

    public ValueTask RecordAsync(ToolCallAudit call, CancellationToken cancellationToken)
    {
        if (Broken is not null)
        {
            throw Broken;
        }

        Calls.Enqueue(call);
        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteAsync(ToolCallAudit call, ToolCallOutcome outcome, TimeSpan duration, CancellationToken cancellationToken)
    {
        Outcomes.Enqueue((call.CallId, outcome));
        return ValueTask.CompletedTask;
    }
}
