namespace McpAspire.Sidecar.Api;

/// <summary>
/// Tells whether a page of another origin makes the browser send a call that may change something: a simple POST needs no
/// preflight (Fetch standard, CORS protocol), and <c>SameSite=Lax</c> does not keep a cookie from it where both are of one
/// site, as all ports of localhost are.
/// </summary>
internal static class ForeignPage
{
    public static bool Sends(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        {
            return false;
        }

        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is not ("same-origin" or "none");
        }

        // Browsers say it on secure hosts and localhost alone.
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
               && !(Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
