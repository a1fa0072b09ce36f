using McpAspire.McpServer.Data;
using Microsoft.EntityFrameworkCore;

namespace McpAspire.McpServer.Audit;

/// <summary>One page of the audit trail of the caller's tenant, the latest first.</summary>
internal sealed class AuditQuery(TicketsDbContext database)
{
    public const int LastPage = 10_000;
    public const int PageSize = 50;

    public async Task<AuditPage> ReadAsync(int page, bool refusedOnly, CancellationToken cancellationToken)
    {
        var entries = await database.AuditEntries.AsNoTracking()
            .Where(entry => !refusedOnly || !entry.Allowed)
            .OrderByDescending(entry => entry.Time).ThenByDescending(entry => entry.Id)
            .Skip((page - 1) * PageSize).Take(PageSize + 1)
            .ToListAsync(cancellationToken);
        return new AuditPage([.. entries.Take(PageSize)], page, refusedOnly, entries.Count > PageSize);
    }
}

internal sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, int Number, bool RefusedOnly, bool HasMore);
