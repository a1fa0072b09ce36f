using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace McpAspire.ServiceDefaults;

/// <summary>Traces, metrics and logs over OTLP, configured by the standard <c>OTEL_*</c> variables.</summary>
public static class TelemetryExtensions
{
    /// <summary>Activity source and meter of the MCP C# SDK.</summary>
    public const string McpSdkSource = "Experimental.ModelContextProtocol";

    /// <summary>Activity sources and meters of this stack start with this prefix.</summary>
    public const string OwnSources = "McpAspire.*";

    /// <summary>Adds OpenTelemetry; it exports only when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
    public static TBuilder AddTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddAttributes([new("process.pid", Environment.ProcessId)]))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(McpSdkSource, OwnSources))
            .WithTracing(tracing => tracing
                .AddSource(builder.Environment.ApplicationName, McpSdkSource, OwnSources)
                .AddAspNetCoreInstrumentation(options => options.Filter = IsNotHealthProbe)
                .AddHttpClientInstrumentation());

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.UseOtlpExporter();
        }

        return builder;
    }

    private static bool IsNotHealthProbe(HttpContext context)
        => !context.Request.Path.StartsWithSegments(HealthExtensions.ReadyPath)
           && !context.Request.Path.StartsWithSegments(HealthExtensions.LivePath);
}
