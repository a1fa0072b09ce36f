using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpAspire.Client.Agent;

/// <summary>Ready when the server allowed a call; not any more when three runs in a row failed.</summary>
internal sealed class AgentHealthCheck(AgentStatus status) : IHealthCheck
{
    private const int FailuresAllowed = 2;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        var report = status.Report;
        var result = report switch
        {
            { FirstAuthorisedCall: null } => HealthCheckResult.Unhealthy(report.LastFailure ?? "The first run has not ended yet."),
            { FailedRunsInARow: > FailuresAllowed } => HealthCheckResult.Unhealthy(
                $"The last {report.FailedRunsInARow} runs failed. {report.LastFailure}"),
            _ => HealthCheckResult.Healthy(),
        };
        return Task.FromResult(result);
    }
}
