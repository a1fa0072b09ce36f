using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting;

/// <summary>Subscribes to events.</summary>
public static class DistributedApplicationEventingExtensions
{
    /// <summary>Called when the model is complete and nothing has started.</summary>
    public static T OnBeforeStart<T>(this T builder, Func<BeforeStartEvent, CancellationToken, Task> callback)
        where T : IDistributedApplicationBuilder
    {
        builder.Eventing.Subscribe(callback);
        return builder;
    }

    /// <summary>Called when the resource comes into being.</summary>
    public static IResourceBuilder<T> OnInitializeResource<T>(
        this IResourceBuilder<T> builder,
        Func<T, InitializeResourceEvent, CancellationToken, Task> callback)
        where T : IResource
        => builder.On(callback);

    /// <summary>Called when the endpoints of the resource have ports.</summary>
    public static IResourceBuilder<T> OnResourceEndpointsAllocated<T>(
        this IResourceBuilder<T> builder,
        Func<T, ResourceEndpointsAllocatedEvent, CancellationToken, Task> callback)
        where T : IResourceWithEndpoints
        => builder.On(callback);

    /// <summary>Called when the connection string has a value.</summary>
    public static IResourceBuilder<T> OnConnectionStringAvailable<T>(
        this IResourceBuilder<T> builder,
        Func<T, ConnectionStringAvailableEvent, CancellationToken, Task> callback)
        where T : IResourceWithConnectionString
        => builder.On(callback);

    /// <summary>Called when the resource is about to start.</summary>
    public static IResourceBuilder<T> OnBeforeResourceStarted<T>(
        this IResourceBuilder<T> builder,
        Func<T, BeforeResourceStartedEvent, CancellationToken, Task> callback)
        where T : IResource
        => builder.On(callback);

    /// <summary>Called when the resource is healthy for the first time since it started.</summary>
    public static IResourceBuilder<T> OnResourceReady<T>(
        this IResourceBuilder<T> builder,
        Func<T, ResourceReadyEvent, CancellationToken, Task> callback)
        where T : IResource
        => builder.On(callback);

    /// <summary>Called when the resource has ended.</summary>
    public static IResourceBuilder<T> OnResourceStopped<T>(
        this IResourceBuilder<T> builder,
        Func<T, ResourceStoppedEvent, CancellationToken, Task> callback)
        where T : IResource
        => builder.On(callback);

    private static IResourceBuilder<T> On<T, TEvent>(this IResourceBuilder<T> builder, Func<T, TEvent, CancellationToken, Task> callback)
        where T : IResource
        where TEvent : IDistributedApplicationResourceEvent
    {
        builder.ApplicationBuilder.Eventing.Subscribe<TEvent>(builder.Resource, (e, ct) => callback(builder.Resource, e, ct));
        return builder;
    }
}
