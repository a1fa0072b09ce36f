using System.Net.Mime;
using System.Text;

namespace McpAspire.McpServer.Audit;

/// <summary>HTML without script, frames or anything from elsewhere.</summary>
internal static class AuditResponse
{
    public static void Harden(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src '{AuditHtml.StyleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
    }

    public static IResult Page(string html, int status) => Results.Content(html, MediaTypeNames.Text.Html, Encoding.UTF8, status);
}
