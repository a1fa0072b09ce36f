using McpAspire.McpAuthorization.Auditing;
using McpAspire.McpServer.Data;
using Microsoft.EntityFrameworkCore;

namespace McpAspire.McpServer.Audit;

/// <summary>Writes every decision as a row before the tool runs, and its outcome when it has ended.</summary>
internal sealed class AuditTrail(IServiceScopeFactory scopes) : IToolCallAuditor
{
    public async ValueTask RecordAsync(ToolCallAudit call, CancellationToken cancellationToken)
    {
        // A context of its own: what a tool does with its context must not reach the audit trail, nor the other way round.
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TicketsDbContext>();
        database.AuditEntries.Add(Entry(call));
        await database.SaveChangesAsync(cancellationToken);
    }

    public async ValueTask CompleteAsync(ToolCallAudit call, ToolCallOutcome outcome, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TicketsDbContext>();
        var word = outcome.ToString().ToLowerInvariant();
        await database.AuditEntries.IgnoreQueryFilters()
            .Where(entry => entry.Id == call.CallId)
            .ExecuteUpdateAsync(
                update => update
                    .SetProperty(entry => entry.Outcome, word)
                    .SetProperty(entry => entry.Milliseconds, duration.TotalMilliseconds),
                cancellationToken);
    }

    private static AuditEntry Entry(ToolCallAudit call) => new()
    {
        Id = call.CallId,
        Time = call.Time,
        Tenant = call.Tenant ?? "",
        Subject = call.Subject,
        UserName = call.UserName,
        Client = call.Client,
        Tool = call.Tool,
        Allowed = call.Allowed,
        Reason = call.Reason,
        RequiredScopes = string.Join(' ', call.RequiredScopes),
        GrantedScopes = string.Join(' ', call.GrantedScopes),
        TraceId = call.TraceId,
        Outcome = call.Allowed ? AuditEntry.Pending : null,
    };
}
