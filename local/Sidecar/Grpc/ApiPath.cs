using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Values in the path that httpPipeline judges a call by.</summary>
internal static class ApiPath
{
    /// <summary>
    /// As it is, but for <c>.</c> and <c>..</c> between slashes, which would make it the path of something else: a filter is asked
    /// about both readings then.
    /// </summary>
    public static string Part(string value)
        => RequestTarget.HasDotSegment(value)
            ? Uri.EscapeDataString(value).Replace(".", "%2E", StringComparison.Ordinal)
            : value;
}
