using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>Where spans go: to the OTLP endpoint of the environment, or the one of the Configuration.</summary>
internal static class TraceExport
{
    /// <summary>What Dapr samples when nothing is said.</summary>
    private const double DaprDefaultRate = 0.0001;

    /// <summary>An empty rate means every call once there is somewhere to send it, as in daprd.</summary>
    public static double SamplingRate(TracingSettings tracing, Func<string, string?> environment)
        => tracing.SamplingRate ?? (HasEndpoint(environment) ? 1 : DaprDefaultRate);

    public static TracerProvider? Start(SidecarOptions options, TracingSettings tracing, Func<string, string?> environment)
    {
        if (!HasEndpoint(environment) && tracing.Otlp?.Endpoint is null)
        {
            return null;
        }

        return Sdk.CreateTracerProviderBuilder()
            .AddSource(SidecarTracer.SourceName)
            .SetSampler(new AlwaysOnSampler()) // what is not sampled is never started
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService(options.AppId, autoGenerateServiceInstanceId: false)
                .AddAttributes([new KeyValuePair<string, object>("process.pid", (long)Environment.ProcessId)])
                .AddEnvironmentVariableDetector())
            .AddOtlpExporter(exporter => Configure(exporter, tracing.Otlp, environment))
            .Build();
    }

    private static bool HasEndpoint(Func<string, string?> environment)
        => !string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_ENDPOINT")) || !string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"));

    private static bool HasTimeout(Func<string, string?> environment)
        => !string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_TIMEOUT")) || !string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"));

    private static void Configure(OtlpExporterOptions exporter, OtlpSettings? configured, Func<string, string?> environment)
    {
        if (HasEndpoint(environment) || configured?.Endpoint is not { } endpoint)
        {
            return; // the exporter has read the environment itself
        }

        exporter.Protocol = configured.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = configured.Grpc ? endpoint : new Uri(endpoint, "/v1/traces");
        if (configured.Headers.Count > 0)
        {
            exporter.Headers = string.Join(',', configured.Headers.Select(header => $"{header.Key}={Uri.EscapeDataString(header.Value)}"));
        }

        if (configured.Timeout is { } timeout && !HasTimeout(environment))
        {
            exporter.TimeoutMilliseconds = (int)timeout.TotalMilliseconds;
        }
    }
}
