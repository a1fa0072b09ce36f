using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Resources of other kinds.</summary>
public static class CustomResourceExtensions
{
    /// <summary>Says what is known about the resource before it starts.</summary>
    public static IResourceBuilder<TResource> WithInitialState<TResource>(
        this IResourceBuilder<TResource> builder,
        CustomResourceSnapshot initialSnapshot)
        where TResource : IResource
        => builder.WithAnnotation(new ResourceSnapshotAnnotation(initialSnapshot), ResourceAnnotationMutationBehavior.Replace);
}
