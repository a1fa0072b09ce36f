using System.Security.Cryptography;
using System.Text;
using McpAspire.IdentityProvider.Endpoints;

namespace McpAspire.IdentityProvider.Pages;

/// <summary>response_mode=form_post: a form that posts itself, or waits for a click where there is no script.</summary>
internal static class FormPostPage
{
    private const string Script = "document.forms[0].submit()";

    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)))}'; base-uri 'none'; frame-src 'self'; frame-ancestors 'self'; object-src 'none';";

    public static Task WriteAsync(HttpContext context, string action, IEnumerable<(string Name, string Value)> parameters)
    {
        var fields = string.Join('\n', parameters.Select(parameter =>
            $"""<input type="hidden" name="{Layout.Encode(parameter.Name)}" value="{Layout.Encode(parameter.Value)}">"""));
        var html = $"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>OIDC Form_Post Response</title></head>
            <body>
            <form method="POST" action="{Layout.Encode(action)}">
            {fields}
            <noscript><p>JavaScript is disabled. We strongly recommend to enable it. Click the button below to continue .</p></noscript>
            <input type="submit" name="continue" value="CONTINUE">
            </form>
            <script>{Script}</script>
            </body>
            </html>
            """;
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return context.Bytes(StatusCodes.Status200OK, Encoding.UTF8.GetBytes(html), Answers.NoStorePage, "text/html");
    }
}
