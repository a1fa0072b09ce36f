using McpAspire.McpServer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpAspire.McpServer.Health;

/// <summary>The database answers a query on a table of ours, not only a connection.</summary>
internal sealed class DatabaseHealthCheck(TicketsDbContext database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.Tickets.IgnoreQueryFilters().AnyAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The ticket database does not answer: {exception.GetBaseException().Message}");
        }
    }
}
