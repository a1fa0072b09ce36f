using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;

namespace McpAspire.McpServer.Audit;

/// <summary>
/// Sends a browser to the page's address at the sidecar. daprd often tells browsers to drop the session cookie that its
/// login needs (Max-Age=0), so a fresh one is set here first; cookies ignore ports, and the sidecar takes it over.
/// </summary>
internal static class AuditLogin
{
    private const string SidecarSessionCookie = "gosessionsid";

    public static IResult Start(HttpContext context, string loginUrl)
    {
        if (loginUrl.Length == 0)
        {
            return AuditResponse.Page(
                AuditHtml.Message("Sign in through the sidecar", "This server knows no address of its audit page at a sidecar: McpServer:AuditLoginUrl is empty."),
                StatusCodes.Status401Unauthorized);
        }

        var host = context.Request.Host;
        if (IPAddress.TryParse(host.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        {
            // A cookie set on 127.0.0.1 does not reach localhost, where the login is.
            var onLocalhost = host.Port is { } port ? new HostString("localhost", port) : new HostString("localhost");
            return Results.Redirect($"{context.Request.Scheme}://{onLocalhost}{AuditEndpoint.Path}");
        }

        context.Response.Cookies.Append(
            SidecarSessionCookie,
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", Secure = context.Request.IsHttps });
        return Results.Redirect(loginUrl);
    }
}
