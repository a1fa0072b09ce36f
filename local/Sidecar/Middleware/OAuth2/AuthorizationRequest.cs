using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>The URL that sends a browser to the provider: Dapr's parameters, and PKCE.</summary>
internal static class AuthorizationRequest
{
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Url(OAuth2Settings settings, PendingLogin login)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(login.CodeVerifier)));
        var url = new StringBuilder(settings.AuthUrl.OriginalString);
        url.Append(settings.AuthUrl.Query.Length > 0 ? '&' : '?').Append("access_type=offline");
        Append(url, "client_id", settings.ClientId);
        Append(url, "code_challenge", challenge);
        Append(url, "code_challenge_method", "S256");
        if (settings.RedirectUrl.Length > 0)
        {
            Append(url, "redirect_uri", settings.RedirectUrl);
        }

        Append(url, "response_type", "code");
        if (login.Scope.Length > 0)
        {
            Append(url, "scope", login.Scope);
        }

        Append(url, "state", login.State);
        return url.ToString();
    }

    private static void Append(StringBuilder url, string name, string value)
        => url.Append('&').Append(name).Append('=').Append(WebUtility.UrlEncode(value));
}
