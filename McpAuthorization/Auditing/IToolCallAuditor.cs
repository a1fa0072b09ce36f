namespace McpAspire.McpAuthorization.Auditing;

/// <summary>
/// Receives every decision about a tool call. Register as many as needed with
/// <c>services.AddSingleton&lt;IToolCallAuditor, …&gt;()</c>.
/// </summary>
public interface IToolCallAuditor
{
    /// <summary>
    /// Called before an allowed tool runs and when a call is refused. When it throws, the tool does not run:
    /// a call that cannot be accounted for is not made.
    /// </summary>
    ValueTask RecordAsync(ToolCallAudit call, CancellationToken cancellationToken);

    /// <summary>Called when an allowed call has ended, however it ended.</summary>
    ValueTask CompleteAsync(ToolCallAudit call, ToolCallOutcome outcome, TimeSpan duration, CancellationToken cancellationToken)
        => ValueTask.CompletedTask;
}
