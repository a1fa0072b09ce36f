using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_component_input_binding_*</c> and <c>dapr_component_output_binding_*</c>.</summary>
internal sealed class BindingMetrics
{
    private static readonly string[] _inputLabels = ["app_id", "component", "namespace", "success"];
    private static readonly string[] _outputLabels = ["app_id", "component", "namespace", "operation", "success"];

    private readonly string _app;
    private readonly string _namespace;
    private readonly CounterFamily _inputs;
    private readonly HistogramFamily _inputLatency;
    private readonly CounterFamily _outputs;
    private readonly HistogramFamily _outputLatency;

    public BindingMetrics(string app, string ns, MetricsSettings settings, LabelRules rules, ICollection<MetricFamily> families)
    {
        (_app, _namespace) = (app, ns);
        _inputs = new CounterFamily("dapr_component_input_binding_count", "The number of incoming events arriving from the input binding component.", _inputLabels, rules);
        _inputLatency = new HistogramFamily("dapr_component_input_binding_latencies", "The triggered app event processing latency.", settings.LatencyBounds, _inputLabels, rules);
        _outputs = new CounterFamily("dapr_component_output_binding_count", "The number of operations invoked on the output binding component.", _outputLabels, rules);
        _outputLatency = new HistogramFamily("dapr_component_output_binding_latencies", "The latency of the response from the output binding component.", settings.LatencyBounds, _outputLabels, rules);
        foreach (var family in (ReadOnlySpan<MetricFamily>)[_inputs, _inputLatency, _outputs, _outputLatency])
        {
            families.Add(family);
        }
    }

    public void Triggered(string component, bool isHandled, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, component, _namespace, isHandled ? "true" : "false"];
        _inputs.With(values).Add();
        _inputLatency.With(values).Record(elapsed.TotalMilliseconds);
    }

    public void Invoked(string component, string operation, bool isDone, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, component, _namespace, operation, isDone ? "true" : "false"];
        _outputs.With(values).Add();
        _outputLatency.With(values).Record(elapsed.TotalMilliseconds);
    }
}
