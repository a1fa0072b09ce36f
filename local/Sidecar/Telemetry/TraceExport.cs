using System.Diagnostics;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>Sends what spans ended. The exporter is made with the first one: without native code it takes a fifth of the start.</summary>
internal sealed partial class TraceExport : IDisposable
{
    /// <summary>What Dapr samples when nothing is said.</summary>
    private const double DaprDefaultRate = 0.0001;

    /// <summary>As many as the exporter holds by itself.</summary>
    private const int MostWaiting = 2048;

    private readonly OtlpTarget _target;
    private readonly SidecarOptions _options;
    private readonly ILogger _logger;
    private readonly ActivityListener _listener;
    private readonly Lock _lock = new();
    private readonly List<Activity> _waiting = [];
    private Task _making = Task.CompletedTask;
    private volatile BaseProcessor<Activity>? _processor;
    private TracerProvider? _provider;
    private bool _isOver;

    private TraceExport(OtlpTarget target, SidecarOptions options, ILogger logger)
    {
        (_target, _options, _logger) = (target, options, logger);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SidecarTracer.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, // what is not sampled is never started
            ActivityStopped = Send,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>An empty rate means every call once there is somewhere to send it, as in daprd.</summary>
    public static double SamplingRate(TracingSettings tracing, Func<string, string?> environment)
        => tracing.SamplingRate ?? (OtlpTarget.IsInEnvironment(environment) ? 1 : DaprDefaultRate);

    /// <returns>Null: there is nowhere to send to.</returns>
    public static TraceExport? Start(SidecarOptions options, TracingSettings tracing, Func<string, string?> environment, ILoggerFactory loggers)
        => OtlpTarget.Read(tracing, environment) is { } target ? new TraceExport(target, options, loggers.CreateLogger("dapr.runtime.trace")) : null;

    /// <summary>Sends what has ended so far.</summary>
    public void Flush(TimeSpan within)
    {
        Task making;
        lock (_lock)
        {
            making = _making;
        }

        if (making.Wait(within))
        {
            _provider?.ForceFlush((int)within.TotalMilliseconds);
        }
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        Task making;
        lock (_lock)
        {
            (making, _isOver) = (_making, true);
        }

        making.Wait();
        _provider?.Dispose();
    }

    private void Send(Activity ended)
    {
        if (_processor is { } processor)
        {
            processor.OnEnd(ended);
            return;
        }

        lock (_lock)
        {
            if (_processor is { } made)
            {
                made.OnEnd(ended);
            }
            else if (!_isOver && _waiting.Count < MostWaiting)
            {
                _waiting.Add(ended);
                if (_waiting.Count == 1)
                {
                    _making = Task.Run(Make);
                }
            }
        }
    }

    private void Make()
    {
        try
        {
            var batch = new BatchExportActivityProcessorOptions(); // reads OTEL_BSP_…
            var processor = new BatchActivityExportProcessor(new ReportingTraceExporter(ExporterOptions(), _target.Endpoint, _logger), batch.MaxQueueSize, batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize);
            _provider = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                    .AddService(_options.AppId, autoGenerateServiceInstanceId: false)
                    .AddAttributes([new KeyValuePair<string, object>("process.pid", (long)Environment.ProcessId)])
                    .AddEnvironmentVariableDetector())
                .AddProcessor(processor)
                .Build();
            lock (_lock)
            {
                _waiting.ForEach(processor.OnEnd);
                _processor = processor;
                _waiting.Clear();
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Log.NotMade(_logger, exception.GetType().Name); // once: what waits stays, and no second try begins
        }
    }

    private OtlpExporterOptions ExporterOptions()
    {
        var options = new OtlpExporterOptions
        {
            Endpoint = _target.Endpoint,
            Protocol = _target.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Headers = _target.Headers,
        };
        if (_target.Timeout is { } timeout)
        {
            options.TimeoutMilliseconds = (int)timeout.TotalMilliseconds;
        }

        return options;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "spans are not exported: the exporter could not be made ({Reason})")]
        public static partial void NotMade(ILogger logger, string reason);
    }
}
