using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>
/// Where a browser goes after its login: always a path of this sidecar, never a host that a request named. A call
/// that came with a <c>dapr-app-id</c> header, met in appHttpPipeline, goes to its invoke path: a browser cannot repeat the header.
/// </summary>
internal static class ReturnUrl
{
    private const string Invoke = "/v1.0/invoke/";

    public static string Of(SidecarRequest request)
    {
        var path = request.Stage == PipelineStage.App && !request.Path.StartsWith(Invoke, StringComparison.Ordinal)
            ? $"{Invoke}{request.AppId}/method/{request.Method}"
            : request.Path;
        var escaped = MethodPath.TryEscape(path.TrimStart('/'), out var text, out _) ? "/" + text : "/";
        var slash = request.HadTrailingSlash && escaped.Length > 1 && !escaped.EndsWith('/') ? "/" : string.Empty;
        return escaped + slash + request.Query;
    }
}
