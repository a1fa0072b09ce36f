using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <content>Waiting for a state.</content>
public partial class ResourceNotificationService
{
    /// <summary>Waits until a resource is in a state, by default <c>Running</c>.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
        => WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until a resource is in one of the states, and says in which.</summary>
    public async Task<string> WaitForResourceAsync(
        string resourceName,
        IEnumerable<string> targetStates,
        CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var change = await WaitForResourceAsync(resourceName, e => e.Snapshot.State is { } s && wanted.Contains(s.Text), cancellationToken).ConfigureAwait(false);
        return change.Snapshot.State!.Text;
    }

    /// <summary>Waits until something is true of a resource.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName,
        Func<ResourceEvent, bool> predicate,
        CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _applicationStopping);
        await foreach (var change in WatchAsync(stop.Token).ConfigureAwait(false))
        {
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change))
            {
                return change;
            }
        }

        throw new OperationCanceledException($"The application ended before resource '{resourceName}' got where it was expected.");
    }

    /// <summary>Waits until a resource is healthy and ready.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
        => WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior(), cancellationToken);

    /// <summary>Waits until a resource is healthy and ready, or cannot become so.</summary>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName,
        WaitBehavior waitBehavior,
        CancellationToken cancellationToken = default)
    {
        var stopsWithResource = waitBehavior == WaitBehavior.StopOnResourceUnavailable;
        var change = await WaitForResourceAsync(
            resourceName,
            e => IsReady(e.Snapshot) || (stopsWithResource && IsOver(e.Snapshot)),
            cancellationToken).ConfigureAwait(false);

        if (!IsReady(change.Snapshot))
        {
            throw new DistributedApplicationException(
                $"Resource '{resourceName}' cannot become healthy: it is {ResourceStateText.Of(change.Snapshot)}.");
        }

        await change.Snapshot.ResourceReady!.WaitAsync(cancellationToken).ConfigureAwait(false);
        return change;
    }

    /// <summary>Waits for everything that the resource's <see cref="WaitAnnotation"/>s name.</summary>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToList();
        if (waits.Count == 0)
        {
            return;
        }

        await PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Waiting }).ConfigureAwait(false);
        var log = ResourceLoggers.GetLogger(resource);
        await Task.WhenAll(waits.Select(wait => WaitForAsync(wait, log, cancellationToken))).ConfigureAwait(false);
    }

    private static bool IsReady(CustomResourceSnapshot snapshot)
        => snapshot.HealthStatus == HealthStatus.Healthy && snapshot.ResourceReady is not null;

    private static bool IsOver(CustomResourceSnapshot snapshot)
        => snapshot.State is { } state && (KnownResourceStates.TerminalStates.Contains(state.Text) || state.Text == KnownResourceStates.RuntimeUnhealthy);

    private WaitBehavior DefaultWaitBehavior()
        => _services.GetService<IOptions<ResourceNotificationServiceOptions>>()?.Value.DefaultWaitBehavior
            ?? WaitBehavior.WaitOnResourceUnavailable;

    private async Task WaitForAsync(WaitAnnotation wait, ILogger log, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        LogWait(log, name, wait.WaitType);
        var stopsWithResource = (wait.WaitBehavior ?? DefaultWaitBehavior()) == WaitBehavior.StopOnResourceUnavailable;

        var change = await WaitForResourceAsync(
            name,
            e => IsReached(wait, e.Snapshot) || (stopsWithResource && IsOver(e.Snapshot)),
            cancellationToken).ConfigureAwait(false);

        if (!IsReached(wait, change.Snapshot) || HasWrongExitCode(wait, change.Snapshot))
        {
            throw new DistributedApplicationException($"it waits for '{name}', which is {ResourceStateText.Of(change.Snapshot)}");
        }

        if (wait.WaitType == WaitType.WaitUntilHealthy)
        {
            await change.Snapshot.ResourceReady!.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsReached(WaitAnnotation wait, CustomResourceSnapshot snapshot) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => IsReady(snapshot),
        WaitType.WaitUntilStarted => snapshot.State?.Text == KnownResourceStates.Running,
        _ => snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text),
    };

    private static bool HasWrongExitCode(WaitAnnotation wait, CustomResourceSnapshot snapshot)
        => wait.WaitType == WaitType.WaitForCompletion
            && (snapshot.ExitCode != wait.ExitCode || snapshot.State?.Text == KnownResourceStates.FailedToStart);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for resource '{Dependency}' ({Wait})")]
    private static partial void LogWait(ILogger logger, string dependency, WaitType wait);
}
