using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_component_*</c>: what the API asked of secret stores, state stores and keys. As in Dapr a <c>secretKeyRef</c> does not count.</summary>
internal sealed class ComponentMetrics
{
    private static readonly string[] _labels = ["app_id", "component", "namespace", "operation", "success"];

    private readonly string _app;
    private readonly string _namespace;
    private readonly CounterFamily _secrets;
    private readonly HistogramFamily _secretLatency;
    private readonly CounterFamily _states;
    private readonly HistogramFamily _stateLatency;
    private readonly CounterFamily _cryptos;
    private readonly HistogramFamily _cryptoLatency;

    public ComponentMetrics(string app, string ns, MetricsSettings settings, LabelRules rules, ICollection<MetricFamily> families)
    {
        (_app, _namespace) = (app, ns);
        _secrets = new CounterFamily("dapr_component_secret_count", "The number of operations performed on the secret component.", _labels, rules);
        _secretLatency = new HistogramFamily("dapr_component_secret_latencies", "The latency of the response from the secret component.", settings.LatencyBounds, _labels, rules);
        families.Add(_secrets);
        families.Add(_secretLatency);
        _states = new CounterFamily("dapr_component_state_count", "The number of operations performed on the state component.", _labels, rules);
        _stateLatency = new HistogramFamily("dapr_component_state_latencies", "The latency of the response from the state component.", settings.LatencyBounds, _labels, rules);
        families.Add(_states);
        families.Add(_stateLatency);
        _cryptos = new CounterFamily("dapr_component_crypto_count", "The number of operations performed on the crypto component.", _labels, rules);
        _cryptoLatency = new HistogramFamily("dapr_component_crypto_latencies", "The latency of the response from the crypto component.", settings.LatencyBounds, _labels, rules);
        families.Add(_cryptos);
        families.Add(_cryptoLatency);
    }

    /// <param name="store">A store that is loaded: a caller's own names would be series without end.</param>
    /// <param name="isBulk">All its secrets, or one.</param>
    /// <param name="isFound">Whether the store had an answer.</param>
    /// <param name="elapsed">In the store.</param>
    public void SecretRead(string store, bool isBulk, bool isFound, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, store, _namespace, isBulk ? "bulk_get" : "get", isFound ? "true" : "false"];
        _secrets.With(values).Add();
        _secretLatency.With(values).Record(elapsed.TotalMilliseconds);
    }

    /// <param name="store">A store that is loaded.</param>
    /// <param name="operation">In Dapr's words: get, set, delete, transaction, bulk_get, bulk_delete.</param>
    /// <param name="isDone">Whether the store did it.</param>
    /// <param name="elapsed">In the store.</param>
    public void StateUsed(string store, string operation, bool isDone, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, store, _namespace, operation, isDone ? "true" : "false"];
        _states.With(values).Add();
        _stateLatency.With(values).Record(elapsed.TotalMilliseconds);
    }

    /// <param name="component">One that is loaded.</param>
    /// <param name="isDone">Whether a key was wrapped or unwrapped.</param>
    /// <param name="elapsed">With finding the key to do it with.</param>
    public void CryptoUsed(string component, bool isDone, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, component, _namespace, "crypto_op", isDone ? "true" : "false"];
        _cryptos.With(values).Add();
        _cryptoLatency.With(values).Record(elapsed.TotalMilliseconds);
    }
}
