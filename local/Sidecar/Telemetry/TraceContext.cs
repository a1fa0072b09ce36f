using System.Diagnostics;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>The W3C trace context that this sidecar passes on.</summary>
internal readonly record struct TraceContext(ActivityTraceId TraceId, ActivitySpanId SpanId, bool Sampled, string? State)
{
    public bool IsSet => TraceId != default;

    public string ToHeader() => string.Create(55, this, static (span, trace) =>
    {
        "00-".CopyTo(span);
        trace.TraceId.ToHexString().CopyTo(span[3..]);
        span[35] = '-';
        trace.SpanId.ToHexString().CopyTo(span[36..]);
        (trace.Sampled ? "-01" : "-00").CopyTo(span[52..]);
    });

    /// <summary>Reads a <c>traceparent</c>; a malformed one is no parent.</summary>
    public static bool TryParse(string? header, string? state, out TraceContext parent)
    {
        if (header is { Length: >= 55 } && ActivityContext.TryParse(header, state, isRemote: true, out var context))
        {
            parent = new TraceContext(context.TraceId, context.SpanId, (context.TraceFlags & ActivityTraceFlags.Recorded) != 0, state);
            return true;
        }

        parent = default;
        return false;
    }
}
