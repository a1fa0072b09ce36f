using System.Collections.Concurrent;
using System.Globalization;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_runtime_*</c>: components, calls between sidecars and to endpoints, access control.</summary>
internal sealed class RuntimeMetrics
{
    private readonly string _app;
    private readonly CounterFamily _loaded;
    private readonly CounterFamily _initialized;
    private readonly CounterFamily _failed;
    private readonly CounterFamily _requestsSent;
    private readonly CounterFamily _requestsReceived;
    private readonly CounterFamily _responsesSent;
    private readonly CounterFamily _responsesReceived;
    private readonly HistogramFamily _responseLatency;
    private readonly CounterFamily _allowedByApp;
    private readonly CounterFamily _allowedByDefault;
    private readonly CounterFamily _blockedByApp;
    private readonly CounterFamily _blockedByDefault;
    private readonly ConcurrentDictionary<(string AppId, int? Status), InvocationSeries> _invoked = new();

    public RuntimeMetrics(string app, MetricsSettings settings, LabelRules rules, ICollection<MetricFamily> families)
    {
        _app = app;
        _loaded = Counter("component_loaded", "The number of successfully loaded components.", "app_id");
        _initialized = Counter("component_init_total", "The number of initialized components.", "app_id", "component");
        _failed = Counter("component_init_fail_total", "The number of component initialization failures.", "app_id", "component", "componentName", "reason");
        _requestsSent = Counter("service_invocation_req_sent_total", "The number of requests sent via service invocation.", "app_id", "dst_app_id", "type");
        _requestsReceived = Counter("service_invocation_req_recv_total", "The number of requests received via service invocation.", "app_id", "src_app_id");
        _responsesSent = Counter("service_invocation_res_sent_total", "The number of responses sent via service invocation.", "app_id", "dst_app_id", "status");
        _responsesReceived = Counter("service_invocation_res_recv_total", "The number of responses received via service invocation.", "app_id", "src_app_id", "status", "type");
        _responseLatency = new HistogramFamily("dapr_runtime_service_invocation_res_recv_latency_ms", "The latency of service invocation response.", settings.LatencyBounds, ["app_id", "src_app_id", "status"], rules);
        families.Add(_responseLatency);
        _allowedByApp = Access("app_policy_action_allowed", "The number of requests allowed by the app specific action specified in the access control policy.");
        _allowedByDefault = Access("global_policy_action_allowed", "The number of requests allowed by the global action specified in the access control policy.");
        _blockedByApp = Access("app_policy_action_blocked", "The number of requests blocked by the app specific action specified in the access control policy.");
        _blockedByDefault = Access("global_policy_action_blocked", "The number of requests blocked by the global action specified in the access control policy.");

        CounterFamily Access(string name, string help) => Counter($"acl_{name}_total", help, "app_id", "namespace", "trustDomain");

        CounterFamily Counter(string name, string help, params string[] labels)
        {
            var family = new CounterFamily("dapr_runtime_" + name, help, labels, rules);
            families.Add(family);
            return family;
        }
    }

    public void Loaded(ComponentResource component)
    {
        _loaded.With(_app).Add();
        _initialized.With(_app, component.Type).Add();
    }

    /// <summary>A component of a reload that cannot be used; at a start it would end the sidecar.</summary>
    public void Failed(ComponentResource component, bool isCreated)
        => _failed.With(_app, component.Type, component.Name, isCreated ? "init" : "creation").Add();

    /// <summary>A call to another sidecar or an HTTPEndpoint, and its answer if there was one.</summary>
    public void Invoked(string appId, int? status, TimeSpan elapsed)
    {
        if (!_invoked.TryGetValue((appId, status), out var series))
        {
            var code = status?.ToString(CultureInfo.InvariantCulture);
            series = _invoked.GetOrAdd((appId, status), new InvocationSeries(
                _requestsSent.With(_app, appId, "unary"),
                code is null ? null : _responsesReceived.With(_app, appId, code, "unary"),
                code is null ? null : _responseLatency.With(_app, appId, code)));
        }

        series.Sent.Add();
        series.Received?.Add();
        series.Latency?.Record(elapsed.TotalMilliseconds);
    }

    /// <summary>A call of another sidecar, and the answer to it.</summary>
    public void Answered(string callerAppId, int status)
    {
        _requestsReceived.With(_app, callerAppId).Add();
        _responsesSent.With(_app, callerAppId, status.ToString(CultureInfo.InvariantCulture)).Add();
    }

    public void Judged(string callerAppId, string callerNamespace, string trustDomain, bool isAllowed, bool byAppPolicy)
    {
        var family = (isAllowed, byAppPolicy) switch
        {
            (true, true) => _allowedByApp,
            (true, false) => _allowedByDefault,
            (false, true) => _blockedByApp,
            (false, false) => _blockedByDefault,
        };
        family.With(callerAppId, callerNamespace, trustDomain).Add();
    }

    private sealed record InvocationSeries(Counter Sent, Counter? Received, Histogram? Latency);
}
