using McpAspire.Client.WebConsole.Pages;

namespace McpAspire.Client.WebConsole.Security;

/// <summary>Headers of every answer. The console has no script, so none may run.</summary>
internal static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app, ConsoleOptions options)
    {
        // Browsers apply form-action to the redirect after a form too: signing in and out goes on to the provider.
        var formAction = options.ProviderOrigin is { } origin ? $"'self' {origin}" : "'self'";
        var policy = $"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action {formAction}; base-uri 'none'; frame-ancestors 'none'";
        app.Use((context, next) =>
        {
            // Late, because the exception handler starts its page with no headers.
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "no-referrer"; // the callback's address holds a code
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers["Cross-Origin-Resource-Policy"] = "same-origin";
                if (context.Request.Path != Stylesheet.Path)
                {
                    headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
