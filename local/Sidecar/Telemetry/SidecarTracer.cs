using System.Diagnostics;
using System.Globalization;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;
using Microsoft.Extensions.Primitives;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>
/// Gives every request a span with Dapr's name and attributes. The query is left out of <c>url.full</c>:
/// daprd's carries the code and state of a login.
/// </summary>
internal sealed class SidecarTracer(double samplingRate)
{
    public const string SourceName = "dapr-diagnostics";

    private static readonly ActivitySource _source = new(SourceName);

    private readonly ulong _threshold = samplingRate >= 1 ? ulong.MaxValue : (ulong)(samplingRate * ulong.MaxValue);

    /// <summary>With a sampling rate of 0 Dapr leaves the caller's trace context alone.</summary>
    public bool IsEnabled { get; } = samplingRate > 0;

    /// <summary>Starts the span of a request; null when nothing listens or the trace is not sampled.</summary>
    public Activity? Start(SidecarRequest request)
    {
        var headers = request.Http.Request.Headers;
        var hasParent = TraceContext.TryParse(First(headers.TraceParent), Joined(headers.TraceState), out var parent);
        var traceId = hasParent ? parent.TraceId : ActivityTraceId.CreateRandom();
        var sampled = hasParent ? parent.Sampled : Samples(traceId);
        Activity? activity = null;
        if (sampled && _source.HasListeners())
        {
            var context = hasParent
                ? new ActivityContext(parent.TraceId, parent.SpanId, ActivityTraceFlags.Recorded, parent.State, isRemote: true)
                : default;
            activity = _source.StartActivity(ActivityKind.Client, context, name: ByteString.ToText(request.Path));
        }

        request.Trace = activity is null
            ? new TraceContext(traceId, ActivitySpanId.CreateRandom(), sampled, parent.State)
            : new TraceContext(activity.TraceId, activity.SpanId, activity.Recorded, parent.State);
        return activity;
    }

    /// <summary>Starts the span of a call that the sidecar makes by itself; null when nothing listens or its trace is not sampled.</summary>
    public Activity? StartCallback(string name, string? traceParent, string? traceState)
    {
        if (!IsEnabled || !_source.HasListeners())
        {
            return null;
        }

        if (!TraceContext.TryParse(traceParent, traceState, out var parent) || parent.TraceId == default)
        {
            var traceId = ActivityTraceId.CreateRandom();
            return Samples(traceId) ? _source.StartActivity(ActivityKind.Client, default(ActivityContext), name: name) : null;
        }

        return parent.Sampled
            ? _source.StartActivity(ActivityKind.Client, new ActivityContext(parent.TraceId, parent.SpanId, ActivityTraceFlags.Recorded, parent.State, isRemote: true), name: name)
            : null;
    }

    public static void Stop(Activity activity, SidecarRequest request, string protocol = "http")
    {
        var http = request.Http;
        var status = http.Response.StatusCode;
        var (verb, path) = (http.Request.Method, ByteString.ToText(request.Path));
        if (request.AppId.Length > 0)
        {
            activity.DisplayName = $"CallLocal/{request.AppId}/{ByteString.ToText(request.Method)}";
            activity.SetTag("rpc.service", "ServiceInvocation");
            activity.SetTag("net.peer.name", request.AppId);
        }

        activity.SetTag("dapr.api", $"{verb} {path}");
        activity.SetTag("dapr.protocol", protocol);
        activity.SetTag("dapr.status_code", status.ToString(CultureInfo.InvariantCulture));
        activity.SetTag("http.request.method", verb);
        activity.SetTag("url.full", path);
        activity.SetTag("server.address", http.Connection.RemoteIpAddress?.ToString());
        activity.SetTag("server.port", http.Connection.RemotePort.ToString(CultureInfo.InvariantCulture));
        if (status >= 400)
        {
            activity.SetStatus(ActivityStatusCode.Error, $"Code({status}): {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}");
        }

        activity.Dispose();
    }

    private bool Samples(ActivityTraceId traceId)
    {
        if (_threshold == ulong.MaxValue)
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[16];
        traceId.CopyTo(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) < _threshold;
    }

    private static string? First(StringValues values) => values.Count == 0 ? null : values[0];

    private static string? Joined(StringValues values) => values.Count == 0 ? null : values.ToString();
}
