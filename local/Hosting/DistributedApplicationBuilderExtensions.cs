using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Resources by name.</summary>
public static class DistributedApplicationBuilderExtensions
{
    /// <summary>A builder for the resource of a name.</summary>
    public static IResourceBuilder<T> CreateResourceBuilder<T>(this IDistributedApplicationBuilder builder, string name)
        where T : IResource
        => builder.TryCreateResourceBuilder<T>(name, out var resource)
            ? resource
            : throw new InvalidOperationException($"There is no resource '{name}' of the type {typeof(T).Name}.");

    /// <summary>A builder for the resource of a name, when there is one.</summary>
    public static bool TryCreateResourceBuilder<T>(
        this IDistributedApplicationBuilder builder,
        string name,
        [NotNullWhen(true)] out IResourceBuilder<T>? resourceBuilder)
        where T : IResource
    {
        resourceBuilder = builder.Resources.TryGetByName(name, out var resource) && resource is T typed
            ? builder.CreateResourceBuilder(typed)
            : null;
        return resourceBuilder is not null;
    }
}
