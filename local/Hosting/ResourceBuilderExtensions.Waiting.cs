using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <content>What a resource waits for.</content>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Starts the resource once another is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
        => builder.WaitFor(dependency, WaitType.WaitUntilHealthy, behavior: null, exitCode: 0);

    /// <summary>Starts the resource once another is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(
        this IResourceBuilder<T> builder,
        IResourceBuilder<IResource> dependency,
        WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport
        => builder.WaitFor(dependency, WaitType.WaitUntilHealthy, waitBehavior, exitCode: 0);

    /// <summary>Starts the resource once another runs.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
        => builder.WaitFor(dependency, WaitType.WaitUntilStarted, behavior: null, exitCode: 0);

    /// <summary>Starts the resource once another runs.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(
        this IResourceBuilder<T> builder,
        IResourceBuilder<IResource> dependency,
        WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport
        => builder.WaitFor(dependency, WaitType.WaitUntilStarted, waitBehavior, exitCode: 0);

    /// <summary>Starts the resource once another has ended with an exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(
        this IResourceBuilder<T> builder,
        IResourceBuilder<IResource> dependency,
        int exitCode = 0)
        where T : IResourceWithWaitSupport
        => builder.WaitFor(dependency, WaitType.WaitForCompletion, behavior: null, exitCode);

    /// <summary>Starts the resource when someone asks for it.</summary>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
        where T : IResource
        => builder.WithAnnotation<ExplicitStartupAnnotation>();

    private static IResourceBuilder<T> WaitFor<T>(
        this IResourceBuilder<T> builder,
        IResourceBuilder<IResource> dependency,
        WaitType type,
        WaitBehavior? behavior,
        int exitCode)
        where T : IResourceWithWaitSupport
    {
        var other = dependency.Resource;
        if ((IResource)builder.Resource == other)
        {
            throw new DistributedApplicationException($"Resource '{other.Name}' cannot wait for itself.");
        }

        if (ResourceRelationships.ParentOf(builder.Resource) == other && builder.Resource is IResourceWithParent)
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' cannot wait for its parent '{other.Name}'.");
        }

        return builder
            .WithRelationship(other, ResourceRelationships.WaitFor)
            .WithAnnotation(new WaitAnnotation(other, type, exitCode) { WaitBehavior = behavior });
    }
}
