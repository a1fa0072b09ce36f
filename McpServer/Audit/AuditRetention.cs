using System.Data.Common;
using McpAspire.McpServer.Configuration;
using McpAspire.McpServer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Audit;

/// <summary>Keeps the audit trail within its bounds: at start and every hour the rows that are too old or too many go, the oldest first.</summary>
internal sealed partial class AuditRetention(IServiceScopeFactory scopes, IOptions<McpServerSettings> settings, TimeProvider time, ILogger<AuditRetention> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>A tool call waits for the database no longer than this many rows take.</summary>
    private const int Batch = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is DbException or DbUpdateException)
            {
                LogFailed(logger, exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var entries = scope.ServiceProvider.GetRequiredService<TicketsDbContext>().AuditEntries.IgnoreQueryFilters();
        if (settings.Value.AuditRetentionDays is > 0 and var days)
        {
            var oldest = time.GetUtcNow() - TimeSpan.FromDays(days);
            var expired = await DeleteOldestAsync(entries.Where(entry => entry.Time < oldest), long.MaxValue, cancellationToken);
            if (expired > 0)
            {
                LogExpired(logger, expired, days);
            }
        }

        if (settings.Value.AuditMaxRows is > 0 and var most)
        {
            var surplus = await DeleteOldestAsync(entries, await entries.LongCountAsync(cancellationToken) - most, cancellationToken);
            if (surplus > 0)
            {
                LogSurplus(logger, surplus, most);
            }
        }
    }

    private static async Task<long> DeleteOldestAsync(IQueryable<AuditEntry> entries, long count, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        while (deleted < count)
        {
            var batch = await entries.OrderBy(entry => entry.Time).ThenBy(entry => entry.Id)
                .Take((int)Math.Min(Batch, count - deleted))
                .ExecuteDeleteAsync(cancellationToken);
            if (batch == 0)
            {
                break;
            }

            deleted += batch;
        }

        return deleted;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rows} audit rows older than {Days} days were deleted.")]
    private static partial void LogExpired(ILogger logger, long rows, int days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Rows} audit rows were deleted before their time: the trail holds {Most}. Raise McpServer:AuditMaxRows, or look for who calls so often.")]
    private static partial void LogSurplus(ILogger logger, long rows, long most);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail could not be pruned: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
