using McpAspire.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the stack gets with one call.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds telemetry, health checks, service discovery and HTTP resilience.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
        => builder
            .AddTelemetry()
            .AddDefaultHealthChecks()
            .AddHttpDefaults();
}
