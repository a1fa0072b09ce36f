using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>Calls from web pages: a page of an origin that the client does not list gets nothing.</summary>
internal static class CrossOrigin
{
    /// <summary>Allows any origin: public documents, and answers before the client is known.</summary>
    public static void AllowAny(HttpContext context, bool expose = true)
    {
        if (Origin(context) is { } origin)
        {
            Allow(context, origin, expose);
        }
    }

    public static void Require(HttpContext context, Client client) => Require(context, WebOrigins.Of(client));

    /// <summary>Refuses a foreign origin, whatever else the request proves.</summary>
    public static void Require(HttpContext context, IReadOnlyList<string> origins)
    {
        if (Origin(context) is not { } origin)
        {
            return;
        }

        if (!WebOrigins.Allows(origins, origin))
        {
            Forbid(context);
            throw new OAuthException(403, "Invalid origin", null);
        }

        Allow(context, origin, expose: true);
    }

    private static string? Origin(HttpContext context)
        => context.Request.Headers.Origin.ToString() is { Length: > 0 } origin ? origin : null;

    private static void Allow(HttpContext context, string origin, bool expose)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        if (expose)
        {
            headers.AccessControlExposeHeaders = "Access-Control-Allow-Methods";
        }
    }

    private static void Forbid(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Remove("Access-Control-Allow-Origin");
        headers.Remove("Access-Control-Allow-Credentials");
        headers.Remove("Access-Control-Expose-Headers");
    }
}
