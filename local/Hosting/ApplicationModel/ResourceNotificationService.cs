using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Says what happens to the resources: who publishes a change, and who watches or waits for one.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceState> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly CancellationToken _applicationStopping;

    /// <summary>Creates the service.</summary>
    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime,
        IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        _logger = logger;
        _services = serviceProvider;
        _applicationStopping = hostApplicationLifetime.ApplicationStopping;
        ResourceLoggers = resourceLoggerService;
    }

    internal ResourceLoggerService ResourceLoggers { get; }

    /// <summary>Every change from now on, after what is known already.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var state in _states.Values)
            {
                channel.Writer.TryWrite(state.Current);
            }

            _watchers.Add(channel);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>Changes what is known about a resource.</summary>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
        => PublishUpdateAsync(resource, IdOf(resource), stateFactory);

    /// <summary>Changes what is known about an instance of a resource.</summary>
    public Task PublishUpdateAsync(
        IResource resource,
        string resourceId,
        Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_lock)
        {
            var previous = _states.TryGetValue(resourceId, out var known) ? known.Current.Snapshot : Initial(resource);
            var snapshot = ResourceCommandSnapshots.Apply(stateFactory(previous), resource, _services);
            var change = new ResourceEvent(resource, resourceId, snapshot);
            _states[resourceId] = new ResourceState(change);
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(change);
            }

            if (previous.State?.Text != snapshot.State?.Text)
            {
                LogState(resourceId, previous.State?.Text, snapshot.State?.Text);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>What is known about a resource now; it may be named by its instance's id or by its name.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        resourceEvent = _states.TryGetValue(resourceId, out var state)
            ? state.Current
            : _states.Values.FirstOrDefault(s => string.Equals(s.Current.Resource.Name, resourceId, StringComparison.OrdinalIgnoreCase))?.Current;
        return resourceEvent is not null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _disposed.Cancel();
        GC.SuppressFinalize(this);
    }

    private static string IdOf(IResource resource) => resource.Annotations.OfType<ResourceInstance>().FirstOrDefault()?.Id ?? resource.Name;

    private static CustomResourceSnapshot Initial(IResource resource)
    {
        var initial = resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot
            ?? new CustomResourceSnapshot { ResourceType = resource.GetType().Name.Replace("Resource", string.Empty, StringComparison.Ordinal), Properties = [] };
        var icon = resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault();
        return initial with
        {
            CreationTimeStamp = initial.CreationTimeStamp ?? DateTime.UtcNow,
            IconName = initial.IconName ?? icon?.IconName,
            IconVariant = initial.IconVariant ?? icon?.IconVariant,
            HealthReports = [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key).Distinct().Select(key => new HealthReportSnapshot(key, null, null, null))],
            Relationships = [.. ResourceRelationships.Of(resource)],
        };
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Resource {Resource}: {Before} -> {After}")]
    private partial void LogState(string resource, string? before, string? after);

    private sealed record ResourceState(ResourceEvent Current);
}
