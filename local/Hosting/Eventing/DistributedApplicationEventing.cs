using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

/// <inheritdoc cref="IDistributedApplicationEventing" />
public class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _lock = new();
    private readonly List<(Type Event, DistributedApplicationEventSubscription Subscription)> _subscriptions = [];

    /// <inheritdoc />
    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent
        => Add<T>(new DistributedApplicationEventSubscription((e, ct) => callback((T)e, ct)));

    /// <inheritdoc />
    public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent
        => Add<T>(new DistributedApplicationResourceEventSubscription(
            resource,
            (e, ct) => e.Resource == resource ? callback((T)e, ct) : Task.CompletedTask));

    /// <inheritdoc />
    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.RemoveAll(s => s.Subscription == subscription);
        }
    }

    /// <inheritdoc />
    public Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
        => PublishAsync(@event, EventDispatchBehavior.BlockingSequential, cancellationToken);

    /// <inheritdoc />
    public async Task PublishAsync<T>(T @event, EventDispatchBehavior dispatchBehavior, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
    {
        List<DistributedApplicationEventSubscription> subscribers;
        lock (_lock)
        {
            subscribers = [.. _subscriptions.Where(s => s.Event == typeof(T)).Select(s => s.Subscription)];
        }

        var calls = dispatchBehavior is EventDispatchBehavior.BlockingConcurrent or EventDispatchBehavior.NonBlockingConcurrent
            ? Task.WhenAll(subscribers.Select(s => s.Callback(@event, cancellationToken)))
            : CallInOrderAsync(subscribers, @event, cancellationToken);

        if (dispatchBehavior is EventDispatchBehavior.BlockingSequential or EventDispatchBehavior.BlockingConcurrent)
        {
            await calls.ConfigureAwait(false);
        }
    }

    private static async Task CallInOrderAsync(
        List<DistributedApplicationEventSubscription> subscribers,
        IDistributedApplicationEvent @event,
        CancellationToken cancellationToken)
    {
        foreach (var subscriber in subscribers)
        {
            await subscriber.Callback(@event, cancellationToken).ConfigureAwait(false);
        }
    }

    private DistributedApplicationEventSubscription Add<T>(DistributedApplicationEventSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Add((typeof(T), subscription));
        }

        return subscription;
    }
}
