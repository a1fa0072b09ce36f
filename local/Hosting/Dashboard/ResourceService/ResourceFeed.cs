using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Proto = Aspire.Hosting.Dashboard.Protocol;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>The latest state of every resource, as messages, for any number of watching dashboards.</summary>
internal sealed partial class ResourceFeed(ResourceNotificationService notifications, TimeProvider time, ILogger<ResourceFeed> logger)
{
    private readonly Lock _lock = new();
    private readonly DateTime _startedAt = time.GetUtcNow().UtcDateTime;
    private readonly Dictionary<string, ResourceEvent> _latest = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Proto.Resource> _messages = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<ResourceSubscription> _subscriptions = [];

    /// <summary>Follows the resources until the engine stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken))
            {
                Accept(change);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>A view of the resources: all of them first, what changes afterwards.</summary>
    public ResourceSubscription Subscribe()
    {
        var subscription = new ResourceSubscription(this);
        lock (_lock)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    public void Unsubscribe(ResourceSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    /// <summary>Sends everything to everybody again: a page that was reloaded around a reconnection can otherwise wait for ever.</summary>
    public void Repeat()
    {
        lock (_lock)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.MarkAll();
            }
        }
    }

    public Proto.WatchResourcesUpdate All()
    {
        lock (_lock)
        {
            return new Proto.WatchResourcesUpdate { InitialData = new Proto.InitialResourceData { Resources = { _messages.Values } } };
        }
    }

    public Proto.WatchResourcesUpdate Changes(IEnumerable<string> resourceIds)
    {
        lock (_lock)
        {
            var upserts = resourceIds.Select(id => new Proto.WatchResourcesChange { Upsert = _messages[id] });
            return new Proto.WatchResourcesUpdate { Changes = new Proto.WatchResourcesChanges { Value = { upserts } } };
        }
    }

    private void Accept(ResourceEvent change)
    {
        lock (_lock)
        {
            var isNew = !_latest.ContainsKey(change.ResourceId);
            _latest[change.ResourceId] = change;
            Update(change);
            if (isNew)
            {
                // A child that was seen before its parent could not name it yet.
                foreach (var child in _latest.Values.Where(other => ParentOf(other) == change.Resource.Name).ToArray())
                {
                    Update(child);
                }
            }
        }
    }

    private void Update(ResourceEvent change)
    {
        try
        {
            _messages[change.ResourceId] = ResourceMessage.From(change, _startedAt, ParentIdOf(change));
        }
        catch (Exception exception)
        {
            // One message that cannot be built must not end the stream of all the others.
            LogUnmappable(exception, change.ResourceId);
            return;
        }

        foreach (var subscription in _subscriptions)
        {
            subscription.Mark(change.ResourceId);
        }
    }

    private string? ParentIdOf(ResourceEvent change)
        => ParentOf(change) is { } parent
            ? _latest.Values.FirstOrDefault(other => other.Resource.Name == parent)?.ResourceId
            : null;

    private static string? ParentOf(ResourceEvent change)
        => change.Snapshot.Relationships.FirstOrDefault(relationship => relationship.Type == ResourceRelationships.Parent)?.ResourceName;

    [LoggerMessage(LogLevel.Error, "The state of {Resource} cannot be shown in the dashboard.")]
    private partial void LogUnmappable(Exception exception, string resource);
}
