using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <content>References to other resources.</content>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Tells a resource where all endpoints of another are.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
        => builder.WithReference(source, source.Resource.Name);

    /// <summary>Tells a resource where all endpoints of another are, under a name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithServiceDiscovery> source,
        string name)
        where TDestination : IResourceWithEnvironment
        => builder
            .RefersTo(source.Resource)
            .WithEnvironment(context => ServiceDiscoveryVariables.Add(
                context.EnvironmentVariables, name, source.Resource.GetEndpoints().Where(e => !e.ExcludeReferenceEndpoint)));

    /// <summary>Tells a resource where an endpoint of another is.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
        => builder
            .RefersTo(endpointReference.Resource)
            .WithEnvironment(context => ServiceDiscoveryVariables.Add(
                context.EnvironmentVariables, endpointReference.Resource.Name, [endpointReference]));

    /// <summary>Tells a resource where a service is that is not part of the application.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        string name,
        Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        if (!uri.IsAbsoluteUri || uri.AbsolutePath != "/" || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new InvalidOperationException($"The address '{uri}' of service '{name}' must be absolute and have no path, query or fragment.");
        }

        return builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables[$"services__{name}__default__0"] = uri.ToString();
            context.EnvironmentVariables[ServiceDiscoveryVariables.Encode(name)] = uri.ToString();
        });
    }

    /// <summary>Gives a resource a connection string.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
        => builder.RefersTo(source.Resource).WithEnvironment(async context =>
        {
            var variable = source.Resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{connectionName ?? source.Resource.Name}";
            if (!optional || !string.IsNullOrEmpty(await source.Resource.GetConnectionStringAsync(context.CancellationToken).ConfigureAwait(false)))
            {
                context.EnvironmentVariables[variable] = source.Resource;
            }
        });

    /// <summary>Shows the resource below another.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource
        => builder.WithParentRelationship(parent.Resource);

    /// <summary>Shows the resource below another.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent)
        where T : IResource
        => builder.WithRelationship(parent, ResourceRelationships.Parent);

    /// <summary>Shows another resource below this one.</summary>
    public static IResourceBuilder<T> WithChildRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> child)
        where T : IResource
    {
        child.Resource.Annotations.Add(new ResourceRelationshipAnnotation(builder.Resource, ResourceRelationships.Parent));
        return builder;
    }

    /// <summary>Says that the resource uses another.</summary>
    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource
        => builder.RefersTo(resource);

    /// <summary>Says that the resource uses another.</summary>
    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> resourceBuilder)
        where T : IResource
        => builder.RefersTo(resourceBuilder.Resource);

    /// <summary>Says what the resource has to do with another.</summary>
    public static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource
        => builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, type));

    /// <summary>Says what the resource has to do with another.</summary>
    public static IResourceBuilder<T> WithRelationship<T>(
        this IResourceBuilder<T> builder,
        IResourceBuilder<IResource> resourceBuilder,
        string type)
        where T : IResource
        => builder.WithRelationship(resourceBuilder.Resource, type);

    private static IResourceBuilder<T> RefersTo<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource
        => builder.WithRelationship(resource, ResourceRelationships.Reference);
}
