using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Telemetry of processes.</summary>
public static class OtlpConfigurationExtensions
{
    private const string FrequentExport = "1000";

    /// <summary>Tells the process where to send its telemetry.</summary>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment
    {
        AddOtlpEnvironment(builder.Resource, builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.Environment);
        return builder;
    }

    /// <summary>Tells the process of a resource where to send its telemetry.</summary>
    public static void AddOtlpEnvironment(IResource resource, IConfiguration configuration, IHostEnvironment environment)
        => resource.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            var otlp = context.ExecutionContext.ServiceProvider.GetRequiredService<OtlpTarget>();
            if (context.ExecutionContext.IsPublishMode || otlp.Environment is not { } target)
            {
                return;
            }

            var variables = context.EnvironmentVariables;
            foreach (var (name, value) in target)
            {
                variables[name] = value;
            }

            variables["OTEL_SERVICE_NAME"] = resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={ResourceInstance.Of(resource).Suffix}";
            if (!environment.IsDevelopment())
            {
                return;
            }

            variables["OTEL_BLRP_SCHEDULE_DELAY"] = FrequentExport;
            variables["OTEL_BSP_SCHEDULE_DELAY"] = FrequentExport;
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = FrequentExport;
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        }));
}
