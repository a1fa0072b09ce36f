using System.Collections.Concurrent;
using System.Globalization;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_http_*</c>: requests to this sidecar, and its own to the app and to endpoints.</summary>
internal sealed class HttpMetrics
{
    /// <summary>Callers choose paths: behind so many, and on longer ones, the label <c>path</c> stays empty.</summary>
    private const int MaxPaths = 1000;
    private const int MaxPathLength = 200;

    private static readonly string[] _appId = ["app_id"];
    private static readonly string[] _call = ["app_id", "method", "path", "status"];
    private static readonly string[] _probe = ["app_id", "status"];
    private static readonly double[] _sizes = [.. new[] { 10, 11, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32 }.Select(power => Math.Pow(2, power))];

    private readonly string _app;
    private readonly HttpLabels _labels;
    private readonly CounterFamily _serverCount;
    private readonly CounterFamily? _serverResponses;
    private readonly HistogramFamily _serverLatency;
    private readonly Histogram _serverRequestBytes;
    private readonly Histogram _serverResponseBytes;
    private readonly CounterFamily _clientCount;
    private readonly HistogramFamily _clientLatency;
    private readonly HistogramFamily _clientSentBytes;
    private readonly Histogram _clientReceivedBytes;
    private readonly CounterFamily _probes;
    private readonly HistogramFamily _probeLatency;
    private readonly ConcurrentDictionary<CallKey, ServerSeries> _server = new();
    private readonly ConcurrentDictionary<CallKey, ClientSeries> _client = new();

    public HttpMetrics(string app, MetricsSettings settings, LabelRules rules, ICollection<MetricFamily> families)
    {
        _app = app;
        _labels = new HttpLabels(settings);
        var latency = settings.LatencyBounds;
        _serverCount = Add(new CounterFamily("dapr_http_server_request_count", "Count of HTTP requests processed by the server.", _call, rules));
        _serverLatency = Add(new HistogramFamily("dapr_http_server_latency", "HTTP request end-to-end latency in server.", latency, _call, rules));
        _serverResponses = settings.IncreasedCardinality ? Add(new CounterFamily("dapr_http_server_response_count", "The number of HTTP responses", _call, rules)) : null;
        _serverRequestBytes = Add(new HistogramFamily("dapr_http_server_request_bytes", "HTTP request body size if set as ContentLength (uncompressed) in server.", _sizes, _appId, rules)).With(app);
        _serverResponseBytes = Add(new HistogramFamily("dapr_http_server_response_bytes", "HTTP response body size (uncompressed) in server.", _sizes, _appId, rules)).With(app);
        _clientCount = Add(new CounterFamily("dapr_http_client_completed_count", "Count of completed requests", _call, rules));
        _clientLatency = Add(new HistogramFamily("dapr_http_client_roundtrip_latency", "Time between first byte of request headers sent to last byte of response received, or terminal error", latency, _call, rules));
        _clientSentBytes = Add(new HistogramFamily("dapr_http_client_sent_bytes", "Total bytes sent in request body (not including headers)", _sizes, _call, rules));
        _clientReceivedBytes = Add(new HistogramFamily("dapr_http_client_received_bytes", "Total bytes received in response bodies (not including headers but including error responses with bodies)", _sizes, _appId, rules)).With(app);
        _probes = Add(new CounterFamily("dapr_http_healthprobes_completed_count", "Count of completed health probes", _probe, rules));
        _probeLatency = Add(new HistogramFamily("dapr_http_healthprobes_roundtrip_latency", "Time between first byte of health probes headers sent to last byte of response received, or terminal error", latency, _probe, rules));

        T Add<T>(T family)
            where T : MetricFamily
        {
            families.Add(family);
            return family;
        }
    }

    public void Served(string verb, string path, int status, long requestBytes, long responseBytes, TimeSpan elapsed)
    {
        var isIgnored = _labels.IgnoresPaths || path.Length > MaxPathLength;
        var key = new CallKey(_labels.Method(verb), isIgnored ? null : path, status);
        if (!_server.TryGetValue(key, out var series))
        {
            series = isIgnored || _server.Count < MaxPaths
                ? _server.GetOrAdd(key, Server(key, isIgnored ? string.Empty : _labels.ServerPath(path)))
                : Server(key, string.Empty);
        }

        series.Count.Add();
        series.Responses?.Add();
        series.Latency.Record(elapsed.TotalMilliseconds);
        _serverRequestBytes.Record(requestBytes);
        _serverResponseBytes.Record(responseBytes);
    }

    public void Called(string verb, string method, int status, long sentBytes, long receivedBytes, TimeSpan elapsed)
    {
        var isIgnored = (_labels.IgnoresPaths && !HttpLabels.IsStatic(method)) || method.Length > MaxPathLength;
        var key = new CallKey(_labels.Method(verb), isIgnored ? null : method, status);
        if (!_client.TryGetValue(key, out var series))
        {
            series = isIgnored || _client.Count < MaxPaths
                ? _client.GetOrAdd(key, Client(key, isIgnored ? string.Empty : _labels.ClientPath(method)))
                : Client(key, string.Empty);
        }

        series.Count.Add();
        series.Latency.Record(elapsed.TotalMilliseconds);
        series.SentBytes.Record(sentBytes);
        _clientReceivedBytes.Record(receivedBytes);
    }

    public void Probed(int status, TimeSpan elapsed)
    {
        var text = status.ToString(CultureInfo.InvariantCulture);
        _probes.With(_app, text).Add();
        _probeLatency.With(_app, text).Record(elapsed.TotalMilliseconds);
    }

    private ServerSeries Server(in CallKey key, string path)
    {
        var code = key.Status.ToString(CultureInfo.InvariantCulture);
        return new ServerSeries(_serverCount.With(_app, key.Method, path, code), _serverLatency.With(_app, key.Method, path, code), _serverResponses?.With(_app, key.Method, path, code));
    }

    private ClientSeries Client(in CallKey key, string path)
    {
        var code = key.Status.ToString(CultureInfo.InvariantCulture);
        return new ClientSeries(_clientCount.With(_app, key.Method, path, code), _clientLatency.With(_app, key.Method, path, code), _clientSentBytes.With(_app, key.Method, path, string.Empty));
    }

    /// <param name="Method">As it is labelled: callers choose verbs, too.</param>
    /// <param name="Path">Null: it is no label.</param>
    /// <param name="Status">Of the answer.</param>
    private readonly record struct CallKey(string Method, string? Path, int Status);

    private sealed record ServerSeries(Counter Count, Histogram Latency, Counter? Responses);

    private sealed record ClientSeries(Counter Count, Histogram Latency, Histogram SentBytes);
}
