using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>What tests ask an application for.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client whose base address is an endpoint of a resource.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = app.GetEndpoint(resourceName, endpointName);
        return client;
    }

    /// <summary>The address of an endpoint of a resource: the named one, else https, else http.</summary>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var resource = Find(app, resourceName);
        var endpoints = (resource as IResourceWithEndpoints)?.GetEndpoints().ToList() ?? [];
        var endpoint = endpointName is not null
            ? endpoints.Find(e => string.Equals(e.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase))
            : endpoints.Find(e => e.IsHttps) ?? endpoints.Find(e => e.IsHttp);
        return endpoint is not null
            ? new Uri(endpoint.Url)
            : throw new ArgumentException($"Resource '{resourceName}' has no {endpointName ?? "http"} endpoint.", nameof(endpointName));
    }

    /// <summary>The connection string of a resource.</summary>
    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app,
        string resourceName,
        CancellationToken cancellationToken = default)
        => Find(app, resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new ArgumentException($"Resource '{resourceName}' has no connection string.", nameof(resourceName));

    private static IResource Find(DistributedApplication app, string resourceName)
        => app.Services.GetRequiredService<DistributedApplicationModel>().Resources.TryGetByName(resourceName, out var resource)
            ? resource
            : throw new ArgumentException($"There is no resource '{resourceName}'.", nameof(resourceName));
}
