using System.Diagnostics;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary>All metrics of a sidecar, and the answer of its metrics port.</summary>
internal sealed class SidecarMetrics
{
    private readonly List<MetricFamily> _families = [];

    public SidecarMetrics(SidecarOptions options, MetricsSettings settings)
    {
        var rules = new LabelRules(settings.Rules);
        IsEnabled = options.EnableMetrics && settings.IsEnabled;
        Http = new HttpMetrics(options.AppId, settings, rules, _families);
        Grpc = new GrpcMetrics(options.AppId, settings, rules, _families);
        Runtime = new RuntimeMetrics(options.AppId, settings, rules, _families);
        Components = new ComponentMetrics(options.AppId, options.Namespace, settings, rules, _families);
        var ns = options.HasNamespace ? options.Namespace : string.Empty;
        PubSub = new PubSubMetrics(options.AppId, ns, settings, rules, _families);
        Bindings = new BindingMetrics(options.AppId, ns, settings, rules, _families);
        ErrorCodes = new ErrorCodeMetrics(options.AppId, settings.RecordsErrorCodes, rules, _families);
        Resiliency = new ResiliencyMetrics(options.AppId, rules, _families);
    }

    public bool IsEnabled { get; }

    public HttpMetrics Http { get; }

    public GrpcMetrics Grpc { get; }

    public RuntimeMetrics Runtime { get; }

    public ComponentMetrics Components { get; }

    public PubSubMetrics PubSub { get; }

    public BindingMetrics Bindings { get; }

    public ErrorCodeMetrics ErrorCodes { get; }

    public ResiliencyMetrics Resiliency { get; }

    /// <summary>Any path, as in daprd.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = ExpositionWriter.ContentType;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var writer = new ExpositionWriter();
        foreach (var family in _families.OrderBy(family => family.Name, StringComparer.Ordinal))
        {
            foreach (var portion in family.Write(writer))
            {
                await http.Response.WriteAsync(portion, http.RequestAborted);
            }
        }

        WriteProcess(writer);
        await http.Response.WriteAsync(writer.Take(), http.RequestAborted);
    }

    private static void WriteProcess(ExpositionWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        writer.WriteValue("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", "counter", process.TotalProcessorTime.TotalSeconds);
        writer.WriteValue("process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", process.WorkingSet64);
        writer.WriteValue("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", "gauge", new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
    }
}
