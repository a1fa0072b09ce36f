using System.Security.Cryptography;
using System.Text;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Pages;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Logout;

/// <summary>The question before a sign-out that no client vouches for, its answer, and the end.</summary>
internal static class LogoutPages
{
    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromMinutes(5);

    public static Task ConfirmAsync(HttpContext context, RealmRuntime realm, BrowserLogin login, LogoutRequest request)
    {
        var (tabId, sessionCode) = (RandomId.Base64Url(8), RandomId.Base64Url(32));
        realm.Logouts.Set(tabId, new PendingLogout(login.Id, sessionCode, request.RedirectUri), TimeToAnswer);
        var action = $"{realm.Urls.Path}/protocol/openid-connect/logout/logout-confirm?client_id={Uri.EscapeDataString(request.ClientId)}&tab_id={tabId}";
        var body = $"""
            <form method="POST" action="{Layout.Encode(action)}">
            <p>Do you want to log out?</p>
            <input type="hidden" name="session_code" value="{sessionCode}">
            <input type="submit" name="confirmLogout" id="kc-logout" value="Logout" tabindex="4">
            </form>
            """;
        return Layout.WriteAsync(context, realm, "Logging out", "Logging out", body, cache: LogoutEndpoint.NoCache);
    }

    /// <summary>POST logout/logout-confirm.</summary>
    public static async Task SubmitAsync(HttpContext context, RealmRuntime realm)
    {
        var form = await FormParameters.ReadAsync(context);
        var tabId = context.Request.Query["tab_id"].ToString();
        if (realm.Logouts.Find(tabId) is not { } pending
            || pending.LoginId != LoginCookies.LoginId(context)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(pending.SessionCode), Encoding.UTF8.GetBytes(form["session_code"] ?? "")))
        {
            await ErrorPage.WriteAsync(context, realm, "Logout failed", cache: LogoutEndpoint.NoCache);
            return;
        }

        realm.Logouts.Remove(tabId);
        if (LoginCookies.FindIdentity(context, realm) is { } identity)
        {
            realm.Sessions.End(identity.Session);
        }

        LoginCookies.ClearIdentity(context, realm);
        await DoneAsync(context, realm, pending.RedirectUri);
    }

    public static Task DoneAsync(HttpContext context, RealmRuntime realm, string? redirectUri)
        => redirectUri is not null
            ? context.Redirect(redirectUri, LogoutEndpoint.NoCache)
            : Layout.WriteAsync(
                context, realm, Layout.SignInTitle(realm), "You are logged out", "<p>You are logged out</p>", cache: LogoutEndpoint.NoCache);
}
