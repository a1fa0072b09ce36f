using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <content>Health.</content>
public static partial class ResourceBuilderExtensions
{
    /// <summary>The resource is healthy when the health check registered under a key is.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(a => a.Key == key))
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has the health check '{key}' already.");
        }

        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <summary>The resource is healthy when an http endpoint answers a path with a status code, by default 200.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder,
        string? path = null,
        int? statusCode = null,
        [EndpointName] string? endpointName = null)
        where T : IResourceWithEndpoints
        => builder.WithHttpHealthCheck(
            endpointName is null ? () => DefaultHttpEndpoint(builder.Resource) : () => builder.Resource.GetEndpoint(endpointName),
            endpointName ?? "http",
            path,
            statusCode);

    /// <summary>The resource is healthy when an http endpoint answers a path with a status code, by default 200.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder,
        Func<EndpointReference>? endpointSelector,
        string? path = null,
        int? statusCode = null)
        where T : IResourceWithEndpoints
        => builder.WithHttpHealthCheck(endpointSelector ?? (() => DefaultHttpEndpoint(builder.Resource)), "http", path, statusCode);

    private static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder,
        Func<EndpointReference> endpoint,
        string endpointName,
        string? path,
        int? statusCode)
        where T : IResourceWithEndpoints
    {
        var expected = statusCode ?? 200;
        var address = path ?? "/";
        var key = $"{builder.Resource.Name}_{endpointName}_{address}_{expected}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key,
            services => new HttpEndpointHealthCheck(endpoint, address, expected, services.GetRequiredService<IHttpClientFactory>()),
            HealthStatus.Unhealthy,
            tags: null));
        return builder.WithHealthCheck(key);
    }

    private static EndpointReference DefaultHttpEndpoint(IResourceWithEndpoints resource)
        => resource.GetEndpoints().FirstOrDefault(e => e.IsHttps) ?? resource.GetEndpoints().FirstOrDefault(e => e.IsHttp)
            ?? throw new DistributedApplicationException($"The health check of resource '{resource.Name}' needs an http or https endpoint, and it has none.");
}
