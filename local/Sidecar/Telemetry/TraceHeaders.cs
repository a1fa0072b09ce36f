using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>The trace context on an answer, so that a caller can find its trace.</summary>
internal static class TraceHeaders
{
    public static void Set(IHeaderDictionary headers, SidecarRequest request)
    {
        headers.TraceParent = request.Trace.ToHeader();
        if (request.Trace.State is { Length: > 0 } state)
        {
            headers.TraceState = state;
        }

        if (request.Http.Request.Headers.Baggage is { Count: > 0 } baggage)
        {
            headers.Baggage = string.Join(',', baggage.ToArray());
        }
    }
}
