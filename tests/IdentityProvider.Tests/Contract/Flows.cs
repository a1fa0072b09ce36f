using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>The usual ways to tokens.</summary>
internal static class Flows
{
    public const string ConsoleCallback = "http://localhost:5100/callback";
    public const string AuditCallback = "http://localhost:3501/callback";
    public const string NativeCallback = "http://127.0.0.1:49152/callback";

    /// <summary>A verifier of allowed length and its challenge.</summary>
    public static readonly string Verifier = new('v', 64);

    public static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static string AuthorizeUrl(string issuer, string client, string redirectUri, string? scope, string? more = null)
        => $"{issuer}/protocol/openid-connect/auth?response_type=code&client_id={client}&redirect_uri={Uri.EscapeDataString(redirectUri)}"
           + (scope is null ? "" : $"&scope={Uri.EscapeDataString(scope)}") + "&state=state-1"
           + (client == "mcp-native" ? $"&code_challenge={Challenge}&code_challenge_method=S256" : "") + more;

    public static string Callback(string client) => client switch
    {
        "mcp-native" => NativeCallback,
        "mcp-audit" => AuditCallback,
        _ => ConsoleCallback,
    };

    /// <summary>Signs in (or uses the browser's session) and brings the code home.</summary>
    public static async Task<string> CodeAsync(
        Browser browser, string issuer, string client, string? scope, string user = "alice", string? more = null)
        => (await SignInAsync(browser, issuer, client, scope, user, more)).Parameter("code");

    public static Task<Reply> SignInAsync(
        Browser browser, string issuer, string client, string? scope, string user = "alice", string? more = null)
        => SignInAtAsync(browser, AuthorizeUrl(issuer, client, Callback(client), scope, more), user);

    /// <summary>Opens an authorization request that a client has made, and does what its pages ask.</summary>
    public static async Task<Reply> SignInAtAsync(Browser browser, string url, string user = "alice")
    {
        var reply = await browser.FollowAsync(await browser.VisitAsync(url));
        if (reply.Status == 200 && browser.Form.Action.Contains("/authenticate", StringComparison.Ordinal))
        {
            reply = await browser.FollowAsync(await browser.SubmitAsync(("username", user), ("password", "demo-password"), ("credentialId", "")));
        }

        return reply.Status == 200 && browser.Form.Action.Contains("/consent", StringComparison.Ordinal)
            ? await browser.FollowAsync(await browser.SubmitAsync(("accept", "Yes")))
            : reply;
    }

    public static Task<Reply> RedeemAsync(string issuer, string client, string code, string? verifier = null)
        => Http.PostAsync($"{issuer}/protocol/openid-connect/token",
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Callback(client)), .. Credentials(client),
            .. client == "mcp-native" || verifier is not null ? new[] { ("code_verifier", verifier ?? Verifier) } : [],
        ]);

    public static async Task<Reply> TokensAsync(string issuer, string client, string? scope, string user = "alice", Browser? browser = null)
        => await RedeemAsync(issuer, client, await CodeAsync(browser ?? new Browser(issuer[..issuer.IndexOf("/realms/", StringComparison.Ordinal)]), issuer, client, scope, user));

    public static Task<Reply> ServiceTokensAsync(string issuer, string client, string? scope)
        => Http.PostAsync($"{issuer}/protocol/openid-connect/token",
            [("grant_type", "client_credentials"), .. Credentials(client), .. scope is null ? [] : new[] { ("scope", scope) }]);

    public static Task<Reply> RefreshAsync(string issuer, string client, string refreshToken)
        => Http.PostAsync($"{issuer}/protocol/openid-connect/token", [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. Credentials(client)]);

    public static (string, string)[] Credentials(string client) => client == "mcp-native"
        ? [("client_id", client)]
        : [("client_id", client), ("client_secret", client["mcp-".Length..] + "-secret")];
}
