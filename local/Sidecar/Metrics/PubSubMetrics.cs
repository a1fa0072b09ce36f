using System.Collections.Concurrent;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_component_pubsub_*</c>: what is published and what subscribers do with it.</summary>
internal sealed class PubSubMetrics
{
    /// <summary>Publishers make up topics; behind so many the label is empty.</summary>
    private const int MaxTopics = 1000;

    private static readonly string[] _egressLabels = ["app_id", "component", "namespace", "success", "topic"];
    private static readonly string[] _ingressLabels = ["app_id", "component", "namespace", "process_status", "status", "topic"];

    private readonly string _app;
    private readonly string _namespace;
    private readonly CounterFamily _published;
    private readonly HistogramFamily _publishLatency;
    private readonly CounterFamily _bulks;
    private readonly CounterFamily _bulkEvents;
    private readonly HistogramFamily _bulkLatency;
    private readonly CounterFamily _received;
    private readonly HistogramFamily _receiveLatency;
    private readonly ConcurrentDictionary<string, bool> _topics = new(StringComparer.Ordinal);

    public PubSubMetrics(string app, string ns, MetricsSettings settings, LabelRules rules, ICollection<MetricFamily> families)
    {
        (_app, _namespace) = (app, ns);
        _published = new CounterFamily("dapr_component_pubsub_egress_count", "The number of outgoing messages published to the pub/sub component.", _egressLabels, rules);
        _publishLatency = new HistogramFamily("dapr_component_pubsub_egress_latencies", "The latency of the response from the pub/sub component.", settings.LatencyBounds, _egressLabels, rules);
        _bulks = new CounterFamily("dapr_component_pubsub_egress_bulk_count", "The number of bulk publish calls to the pub/sub component.", _egressLabels, rules);
        _bulkEvents = new CounterFamily("dapr_component_pubsub_egress_bulk_event_count", "The number of outgoing messages to the pub/sub component published through bulk publish API.", _egressLabels, rules);
        _bulkLatency = new HistogramFamily("dapr_component_pubsub_egress_bulk_latencies", "The latency of the response for the bulk publish call from the pub/sub component.", settings.LatencyBounds, _egressLabels, rules);
        _received = new CounterFamily("dapr_component_pubsub_ingress_count", "The number of incoming messages arriving from the pub/sub component.", _ingressLabels, rules);
        _receiveLatency = new HistogramFamily("dapr_component_pubsub_ingress_latencies", "The consuming app event processing latency.", settings.LatencyBounds, _ingressLabels, rules);
        foreach (var family in (ReadOnlySpan<MetricFamily>)[_published, _publishLatency, _bulks, _bulkEvents, _bulkLatency, _received, _receiveLatency])
        {
            families.Add(family);
        }
    }

    public void Published(string component, string topic, bool isDone, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, component, _namespace, isDone ? "true" : "false", Label(topic)];
        _published.With(values).Add();
        _publishLatency.With(values).Record(elapsed.TotalMilliseconds);
    }

    public void PublishedInBulk(string component, string topic, bool isDone, int events, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, component, _namespace, isDone ? "true" : "false", Label(topic)];
        _bulks.With(values).Add();
        _bulkLatency.With(values).Record(elapsed.TotalMilliseconds);
        if (events > 0)
        {
            _bulkEvents.With(values).Add(events);
        }
    }

    /// <param name="component">Its name.</param>
    /// <param name="topic">That the message was published on.</param>
    /// <param name="processStatus">What became of it.</param>
    /// <param name="status">What the app said.</param>
    /// <param name="elapsed">In the app; zero: it did not get there.</param>
    public void Received(string component, string topic, string processStatus, string status, TimeSpan elapsed)
    {
        ReadOnlySpan<string> values = [_app, component, _namespace, processStatus, status, Label(topic)];
        _received.With(values).Add();
        if (elapsed > TimeSpan.Zero)
        {
            _receiveLatency.With(values).Record(elapsed.TotalMilliseconds);
        }
    }

    private string Label(string topic)
        => _topics.ContainsKey(topic) || (_topics.Count < MaxTopics && _topics.TryAdd(topic, true)) ? topic : string.Empty;
}
