using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.PubSub;

/// <summary>The trace context that an event carries from its publisher to its subscriber.</summary>
internal static class EventTrace
{
    /// <summary>What Dapr says where there is no trace.</summary>
    public const string None = "00-00000000000000000000000000000000-0000000000000000-00";

    /// <summary>The span of the call, or where none is recorded what the caller sent.</summary>
    public static (string Parent, string State) Of(SidecarRequest request)
    {
        var headers = request.Http.Request.Headers;
        return request.Trace is { IsSet: true, Sampled: true }
            ? (request.Trace.ToHeader(), request.Trace.State ?? string.Empty)
            : (headers.TraceParent is [{ Length: > 0 } parent, ..] ? parent : None, headers.TraceState.ToString());
    }
}
