using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

/// <summary>The events of an application: who publishes and who subscribes.</summary>
public interface IDistributedApplicationEventing
{
    /// <summary>Subscribes to an event.</summary>
    DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent;

    /// <summary>Subscribes to an event of one resource.</summary>
    DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent;

    /// <summary>Ends a subscription.</summary>
    void Unsubscribe(DistributedApplicationEventSubscription subscription);

    /// <summary>Publishes an event and waits for one subscriber after the other.</summary>
    Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent;

    /// <summary>Publishes an event.</summary>
    Task PublishAsync<T>(T @event, EventDispatchBehavior dispatchBehavior, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent;
}

/// <summary>An event of an application.</summary>
public interface IDistributedApplicationEvent;

/// <summary>An event of a resource.</summary>
public interface IDistributedApplicationResourceEvent : IDistributedApplicationEvent
{
    /// <summary>The resource.</summary>
    IResource Resource { get; }
}

/// <summary>How subscribers are called.</summary>
public enum EventDispatchBehavior
{
    /// <summary>One after the other; the publisher waits.</summary>
    BlockingSequential = 0,

    /// <summary>All at once; the publisher waits.</summary>
    BlockingConcurrent = 1,

    /// <summary>One after the other; the publisher goes on.</summary>
    NonBlockingSequential = 2,

    /// <summary>All at once; the publisher goes on.</summary>
    NonBlockingConcurrent = 3,
}
