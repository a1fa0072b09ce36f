using System.Collections.Concurrent;
using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Health;

/// <summary>Asks the health checks of every resource that runs, and says when it is ready.</summary>
internal sealed partial class ResourceHealthMonitor(
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    HealthCheckService healthChecks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Watch> _watches = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Follows the resources until the application ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                Follow(change, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private void Follow(ResourceEvent change, CancellationToken cancellationToken)
    {
        var isRunning = change.Snapshot.State?.Text == KnownResourceStates.Running;
        var isWatched = _watches.TryGetValue(change.ResourceId, out var watch);
        if (isWatched && (!isRunning || watch!.StartedAt != change.Snapshot.StartTimeStamp))
        {
            _watches.TryRemove(change.ResourceId, out _);
            watch!.End.Cancel();
            isWatched = false;
        }

        if (isRunning && !isWatched)
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _watches[change.ResourceId] = new Watch(change.Snapshot.StartTimeStamp, end);
            _ = WatchAsync(change, end.Token);
        }
    }

    private async Task WatchAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        var resource = change.Resource;
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key).ToHashSet();
        var started = time.GetTimestamp();
        var isReady = false;
        try
        {
            while (true)
            {
                var reports = keys.Count == 0 ? [] : await CheckAsync(keys, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                var isHealthy = reports.All(r => r.Status == HealthStatus.Healthy);
                await PublishAsync(resource, reports, cancellationToken).ConfigureAwait(false);
                if (isHealthy && !isReady)
                {
                    isReady = true;
                    await PublishReadyAsync(resource, cancellationToken).ConfigureAwait(false);
                }

                if (keys.Count == 0)
                {
                    return;
                }

                await Task.Delay(HealthCheckPace.Next(isHealthy, time.GetElapsedTime(started)), time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            LogMonitorFailed(loggers.GetLogger(resource), e);
        }
    }

    private async Task<ImmutableArray<HealthReportSnapshot>> CheckAsync(HashSet<string> keys, CancellationToken cancellationToken)
    {
        var report = await healthChecks.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow().UtcDateTime;
        return
        [
            .. keys.Select(key => report.Entries.TryGetValue(key, out var entry)
                ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.Message) { LastRunAt = now }
                : new HealthReportSnapshot(key, HealthStatus.Unhealthy, "no health check of this name is registered", null) { LastRunAt = now }),
        ];
    }

    private Task PublishAsync(IResource resource, ImmutableArray<HealthReportSnapshot> reports, CancellationToken cancellationToken)
        => notifications.PublishUpdateAsync(
            resource,
            s => cancellationToken.IsCancellationRequested || s.State?.Text != KnownResourceStates.Running ? s : s.WithHealthReports(reports));

    private Task PublishReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        var called = CallSubscribersAsync(resource, cancellationToken);
        return notifications.PublishUpdateAsync(
            resource,
            s => cancellationToken.IsCancellationRequested || s.State?.Text != KnownResourceStates.Running ? s : s with { ResourceReady = called });
    }

    private async Task CallSubscribersAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogSubscriberFailed(loggers.GetLogger(resource), e);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A subscriber of the resource's readiness failed")]
    private static partial void LogSubscriberFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The health checks of the resource have stopped")]
    private static partial void LogMonitorFailed(ILogger logger, Exception exception);

    private sealed record Watch(DateTime? StartedAt, CancellationTokenSource End);
}
