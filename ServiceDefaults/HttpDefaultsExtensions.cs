using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;

namespace McpAspire.ServiceDefaults;

/// <summary>Service discovery and resilience for every <see cref="HttpClient"/> of a service.</summary>
public static class HttpDefaultsExtensions
{
    /// <summary>
    /// Adds discovery and the standard resilience handler. Unsafe methods are never retried:
    /// a POST to an MCP server may already have run a tool.
    /// </summary>
    public static TBuilder AddHttpDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods());
            http.AddServiceDiscovery();
        });
        return builder;
    }
}
