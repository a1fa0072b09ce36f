using Grpc.Core;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>dapr_grpc_io_server_*</c>: calls of this sidecar's gRPC API. Only methods that are here: callers choose paths.</summary>
internal sealed class GrpcMetrics
{
    private readonly string _app;
    private readonly CounterFamily _completed;
    private readonly HistogramFamily _latency;

    public GrpcMetrics(string app, MetricsSettings settings, LabelRules rules, ICollection<MetricFamily> families)
    {
        _app = app;
        _completed = new CounterFamily("dapr_grpc_io_server_completed_rpcs", "Count of RPCs by method and status.", ["app_id", "grpc_server_method", "grpc_server_status"], rules);
        _latency = new HistogramFamily("dapr_grpc_io_server_server_latency", "Distribution of server latency in milliseconds, by method and status.", settings.LatencyBounds, ["app_id", "grpc_server_method", "grpc_server_status"], rules);
        families.Add(_completed);
        families.Add(_latency);
    }

    public void Served(string method, int status, TimeSpan elapsed)
    {
        var name = Name(status);
        _completed.With(_app, method, name).Add();
        _latency.With(_app, method, name).Record(elapsed.TotalMilliseconds);
    }

    /// <summary>As grpc/grpc writes it: NOT_FOUND.</summary>
    private static string Name(int status) => (StatusCode)status switch
    {
        StatusCode.OK => "OK",
        StatusCode.Cancelled => "CANCELLED",
        StatusCode.InvalidArgument => "INVALID_ARGUMENT",
        StatusCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        StatusCode.NotFound => "NOT_FOUND",
        StatusCode.AlreadyExists => "ALREADY_EXISTS",
        StatusCode.PermissionDenied => "PERMISSION_DENIED",
        StatusCode.ResourceExhausted => "RESOURCE_EXHAUSTED",
        StatusCode.FailedPrecondition => "FAILED_PRECONDITION",
        StatusCode.Aborted => "ABORTED",
        StatusCode.OutOfRange => "OUT_OF_RANGE",
        StatusCode.Unimplemented => "UNIMPLEMENTED",
        StatusCode.Internal => "INTERNAL",
        StatusCode.Unavailable => "UNAVAILABLE",
        StatusCode.DataLoss => "DATA_LOSS",
        StatusCode.Unauthenticated => "UNAUTHENTICATED",
        _ => "UNKNOWN",
    };
}
