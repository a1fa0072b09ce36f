using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace McpAspire.ServiceDefaults;

/// <summary>
/// Logs a readiness check when its result changes. The framework's own log writes an error for each failing probe,
/// which is what every start consists of.
/// </summary>
internal sealed partial class HealthChangeLog(ILogger<HealthChangeLog> logger) : IHealthCheckPublisher
{
    /// <summary>The category of the framework's own log.</summary>
    public const string FrameworkCategory = "Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService";

    private readonly Dictionary<string, HealthStatus> _known = [];

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (name, entry) in report.Entries)
        {
            var before = _known.GetValueOrDefault(name, HealthStatus.Healthy);
            _known[name] = entry.Status;
            if (entry.Status != before)
            {
                LogChange(logger, entry.Status == HealthStatus.Healthy ? LogLevel.Information : LogLevel.Warning, name, entry.Status, entry.Description);
            }
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(Message = "Health check {Check} is {Status}: {Description}")]
    private static partial void LogChange(ILogger logger, LogLevel level, string check, HealthStatus status, string? description);
}
