using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_resiliency_*</c>: policies that were loaded, covered a call, and did something about it.</summary>
internal sealed class ResiliencyMetrics
{
    private static readonly string[] _labels = ["app_id", "flow_direction", "name", "namespace", "policy", "status", "target"];

    private readonly string _app;
    private readonly CounterFamily _loaded;
    private readonly CounterFamily _count;
    private readonly CounterFamily _activations;
    private readonly GaugeFamily _circuits;

    public ResiliencyMetrics(string app, LabelRules rules, ICollection<MetricFamily> families)
    {
        _app = app;
        _loaded = new CounterFamily("dapr_resiliency_loaded", "Number of resiliency policies loaded.", ["app_id", "name", "namespace"], rules);
        _count = new CounterFamily("dapr_resiliency_count", "Number of times a resiliency policyKey has been applied to a building block.", _labels, rules);
        _activations = new CounterFamily("dapr_resiliency_activations_total", "Number of times a resiliency policyKey has been activated in a building block after a failure or after a state change.", _labels, rules);
        _circuits = new GaugeFamily("dapr_resiliency_cb_state", "A resiliency policy's current CircuitBreakerState state. 0 is closed, 1 is half-open, 2 is open, and -1 is unknown.", _labels, rules);
        families.Add(_loaded);
        families.Add(_count);
        families.Add(_activations);
        families.Add(_circuits);
    }

    public void Loaded(ResiliencyName resiliency) => _loaded.With(_app, resiliency.Name, resiliency.Namespace).Add();

    /// <summary>For the calls to one app id.</summary>
    public PolicyMetrics For(ResiliencyName resiliency, string appId) => For(resiliency, $"app_{appId}", PolicyFlow.Outbound);

    /// <summary>For the operations of one component.</summary>
    public PolicyMetrics For(ResiliencyName resiliency, string component, ComponentKind kind, PolicyFlow flow) => For(resiliency, $"{kind}_{component}", flow);

    private PolicyMetrics For(ResiliencyName resiliency, string target, PolicyFlow flow)
    {
        return new PolicyMetrics(
            (policy, status) => _count.With(Labels(policy, status)),
            (policy, status) => _activations.With(Labels(policy, status)),
            status => _circuits.With(Labels(PolicyMetrics.CircuitBreaker, status)));

        string[] Labels(string policy, string status) => [_app, flow == PolicyFlow.Inbound ? "inbound" : "outbound", resiliency.Name, resiliency.Namespace, policy, status, target];
    }
}
