using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <content>Endpoints.</content>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds an http endpoint.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        [EndpointName] string? name = null,
        string? env = null,
        bool? isProxied = null)
        where T : IResourceWithEndpoints
        => builder.WithEndpoint(port, targetPort, scheme: "http", name, env, isProxied);

    /// <summary>Adds an https endpoint.</summary>
    public static IResourceBuilder<T> WithHttpsEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        [EndpointName] string? name = null,
        string? env = null,
        bool? isProxied = null)
        where T : IResourceWithEndpoints
        => builder.WithEndpoint(port, targetPort, scheme: "https", name, env, isProxied);

    /// <summary>Adds an endpoint.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? scheme = null,
        [EndpointName] string? name = null,
        string? env = null,
        bool? isProxied = null,
        bool? isExternal = null,
        ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(
            protocol ?? ProtocolType.Tcp, scheme, transport: null, name, port, targetPort, isExternal, isProxied)
        {
            TlsEnabled = scheme == "https",
            TargetPortEnvironmentVariable = env,
        };

        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => IsNamed(e, endpoint.Name)))
        {
            throw new DistributedApplicationException(
                $"Resource '{builder.Resource.Name}' has an endpoint '{endpoint.Name}' already: give the second one another name.");
        }

        if (env is not null && builder.Resource is IResourceWithEnvironment and IResourceWithEndpoints owner)
        {
            var targetPortValue = new EndpointReference(owner, endpoint).Property(EndpointProperty.TargetPort);
            builder.WithAnnotation(new EnvironmentCallbackAnnotation(context => context.EnvironmentVariables[env] = targetPortValue));
        }

        return builder.WithAnnotation(endpoint);
    }

    /// <summary>Changes an endpoint, which is made when it does not exist.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        [EndpointName] string endpointName,
        Action<EndpointAnnotation> callback,
        bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => IsNamed(e, endpointName));
        if (endpoint is not null)
        {
            callback(endpoint);
        }
        else if (createIfNotExists)
        {
            endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: endpointName);
            callback(endpoint);
            builder.WithAnnotation(endpoint);
        }

        return builder;
    }

    /// <summary>An endpoint by name.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, [EndpointName] string name)
        where T : IResourceWithEndpoints
        => builder.Resource.GetEndpoint(name);

    /// <summary>Marks the http and https endpoints as meant for the world outside the application.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    /// <summary>Marks the http endpoints as HTTP/2 ones.</summary>
    public static IResourceBuilder<T> AsHttp2Service<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
        {
            endpoint.Transport = "http2";
        }

        return builder;
    }

    private static bool IsNamed(EndpointAnnotation endpoint, string name)
        => string.Equals(endpoint.Name, name, StringComparison.OrdinalIgnoreCase);
}
