namespace McpAspire.IdentityProvider.Hosting;

/// <summary>CORS preflight: answered for any origin, as Keycloak does; the request itself is what gets checked.</summary>
internal static class Preflight
{
    public static Task AnswerAsync(HttpContext context, string methods)
    {
        context.Response.ContentLength = 0;
        if (context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin)
        {
            return Task.CompletedTask;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowHeaders =
            "Origin, Accept, X-Requested-With, Access-Control-Request-Method, Access-Control-Request-Headers, DPoP, Content-Type, Authorization";
        headers.AccessControlMaxAge = "3600";
        headers.AccessControlAllowCredentials = "true";
        return Task.CompletedTask;
    }
}
