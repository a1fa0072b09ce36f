using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>Says when spans are lost, which OpenTelemetry tells only to event sources: once, until it works again.</summary>
internal sealed partial class ReportingTraceExporter(OtlpExporterOptions options, Uri endpoint, ILogger logger) : OtlpTraceExporter(options)
{
    private bool _hasFailed;

    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var result = base.Export(activityBatch);
        if (result == ExportResult.Failure && !_hasFailed)
        {
            Log.Lost(logger, endpoint.Authority);
        }
        else if (result == ExportResult.Success && _hasFailed)
        {
            Log.Working(logger, endpoint.Authority);
        }

        _hasFailed = result == ExportResult.Failure;
        return result;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "spans are lost: the OTLP collector {Authority} cannot be reached, or does not take them")]
        public static partial void Lost(ILogger logger, string authority);

        [LoggerMessage(2, LogLevel.Information, "spans are sent again: the OTLP collector {Authority} takes them")]
        public static partial void Working(ILogger logger, string authority);
    }
}
