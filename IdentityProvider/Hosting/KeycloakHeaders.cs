namespace McpAspire.IdentityProvider.Hosting;

/// <summary>
/// Keycloak's security headers. It sorts answers into three kinds: JSON; HTML, to which every answer to a
/// posted form counts; and the rest, which gets no frame options.
/// </summary>
internal static class KeycloakHeaders
{
    private const string FormType = "application/x-www-form-urlencoded";

    public static WebApplication UseKeycloakHeaders(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.Response.OnStarting(static state => Apply((HttpContext)state), context);
            return next(context);
        });
        return app;
    }

    private static Task Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["Referrer-Policy"] = "no-referrer";
        headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        headers.XContentTypeOptions = "nosniff";
        headers["X-Robots-Tag"] = "none";
        var type = context.Response.ContentType ?? "";
        var isJson = type.StartsWith("application/json", StringComparison.Ordinal);
        var isHtml = !isJson && (type.StartsWith("text/html", StringComparison.Ordinal)
                                 || (context.Request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) ?? false));
        if (isJson || isHtml)
        {
            headers.XFrameOptions = "SAMEORIGIN";
        }

        if (isHtml && headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = "frame-src 'self'; frame-ancestors 'self'; object-src 'none';";
        }

        return Task.CompletedTask;
    }
}
