using System.Net.Http.Headers;

namespace McpAspire.Sidecar.Invocation;

/// <summary>An answer that comes in events, for as long as both ends like.</summary>
internal static class EventStream
{
    public static bool Is(HttpContentHeaders headers)
        => headers.NonValidated.TryGetValues("Content-Type", out var type)
           && type.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
