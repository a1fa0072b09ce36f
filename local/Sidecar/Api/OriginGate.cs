using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Api;

/// <summary>
/// Keeps web pages from what runs beside them: a page of any origin can send a POST to this machine, whether or not it may read
/// the answer. Calls of apps carry no <c>Origin</c>, and invocations are the app's to judge.
/// </summary>
internal sealed class OriginGate(SidecarOptions options)
{
    /// <summary>A page of an origin that nobody has named, not even by <c>*</c>, asks for a change.</summary>
    public bool Refuses(HttpRequest request)
        => ForeignPage.Sends(request) && !options.AllowedOrigins.Any(allowed => CorsPolicy.Allows(allowed, request.Headers.Origin.ToString()));

    /// <summary>A page of an origin that is not named by itself; not even one of the sidecar's own.</summary>
    public bool RefusesWithoutName(HttpRequest request)
        => request.Headers.Origin.ToString() is { Length: > 0 } origin && !options.AllowedOrigins.Any(allowed => allowed != "*" && CorsPolicy.Allows(allowed, origin));

    public static Task RefuseAsync(HttpContext http, string what)
        => DaprErrors.WriteAsync(http, StatusCodes.Status403Forbidden, "ERR_ORIGIN_NOT_ALLOWED", $"a web page may {what} only if --allowed-origins names its origin");
}
