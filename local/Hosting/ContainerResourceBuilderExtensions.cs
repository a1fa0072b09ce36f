using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Containers. They are declared so that one AppHost serves both engines; the local engine starts none.</summary>
public static class ContainerResourceBuilderExtensions
{
    /// <summary>Sets the tag of the image.</summary>
    public static IResourceBuilder<T> WithImageTag<T>(this IResourceBuilder<T> builder, string tag)
        where T : ContainerResource
        => builder;

    /// <summary>Mounts a folder.</summary>
    public static IResourceBuilder<T> WithBindMount<T>(this IResourceBuilder<T> builder, string source, string target, bool isReadOnly = false)
        where T : ContainerResource
        => builder;

    /// <summary>Mounts a volume.</summary>
    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false)
        where T : ContainerResource
        => builder;

    /// <summary>Sets how long the container lives.</summary>
    public static IResourceBuilder<T> WithLifetime<T>(this IResourceBuilder<T> builder, ContainerLifetime lifetime)
        where T : ContainerResource
        => builder;
}
