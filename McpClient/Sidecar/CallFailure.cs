using ModelContextProtocol;

namespace McpAspire.Client.Sidecar;

/// <summary>Finds the reason in whatever a call threw.</summary>
internal static class CallFailure
{
    /// <summary>The failure with its sentence, or null for an error that is not the call's (a bug, a cancellation).</summary>
    public static SidecarException? Of(Exception exception)
    {
        if (exception.Find<SidecarException>() is { } known)
        {
            return known;
        }

        if (exception.Find<McpProtocolException>() is { } refused)
        {
            return new SidecarException(SidecarFailure.Unexpected, $"The server refused the call: {refused.Message}", refused);
        }

        if (exception.Find<HttpRequestException>() is { StatusCode: { } status } http)
        {
            return new SidecarException(
                SidecarFailure.Unexpected, $"The server answered {(int)status}, which is not MCP. Check the address of the sidecar and the app id.", http);
        }

        return exception.Find<McpException>() is { } broken
            ? new SidecarException(SidecarFailure.Unexpected, $"The server's answer is not MCP: {broken.Message}", broken)
            : null;
    }
}
