using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Pages;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Login;

/// <summary>The forms of the sign-in pages.</summary>
internal static class LoginActions
{
    private const string Expired = "Action expired. Please continue with login now.";
    private const string WrongPassword = "Invalid username or password.";

    /// <summary>GET login-actions/authenticate: the page itself.</summary>
    public static async Task ShowAsync(HttpContext context, RealmRuntime realm)
    {
        if (await FindTabAsync(context, realm) is not var (_, tab))
        {
            return;
        }

        if (context.Request.Query.ContainsKey("session_code"))
        {
            // A form's address opened as a page: whatever it carried is not a post.
            tab.Message = Expired;
            await context.Redirect(LoginUrls.Page(realm, tab));
            return;
        }

        await LoginPage.WriteAsync(context, realm, tab);
    }

    /// <summary>POST login-actions/authenticate: username and password.</summary>
    public static async Task SubmitAsync(HttpContext context, RealmRuntime realm)
    {
        var form = await FormParameters.ReadAsync(context);
        if (await FindTabAsync(context, realm) is not var (login, tab))
        {
            return;
        }

        if (!tab.TakeSessionCode(context.Request.Query["session_code"]))
        {
            tab.Message = Expired;
            await context.Redirect(LoginUrls.Page(realm, tab));
            return;
        }

        if (PasswordCheck.Verify(realm, tab, form["username"] ?? "", form["password"] ?? "") is not { } user)
        {
            realm.Log.SignInFailed(realm.Settings.Name, tab.Request.ClientId);
            await LoginPage.WriteAsync(context, realm, tab, form["username"] ?? "", WrongPassword);
            return;
        }

        LoginStore.Renew(login, tab);
        tab.PasswordTyped = true;
        await SignIn.ContinueAsync(context, realm, login, tab, user);
    }

    /// <summary>GET login-actions/restart: another person wants to sign in.</summary>
    public static async Task RestartAsync(HttpContext context, RealmRuntime realm)
    {
        if (await FindTabAsync(context, realm) is not var (_, tab))
        {
            return;
        }

        tab.ReauthenticateUserId = null;
        tab.UserId = null;
        await context.Redirect(LoginUrls.Page(realm, tab));
    }

    /// <summary>
    /// The tab this browser means. Without one the sign-in begins again, if the browser still knows what it
    /// was for; else the person gets an explanation. Null when an answer was written.
    /// </summary>
    public static async Task<(BrowserLogin Login, LoginTab Tab)?> FindTabAsync(HttpContext context, RealmRuntime realm)
    {
        var query = context.Request.Query;
        if (realm.Logins.Find(LoginCookies.LoginId(context)) is { } login
            && query["tab_id"] is [{ } tabId]
            && login.Tabs.TryGetValue(tabId, out var tab)
            && query["client_id"] == tab.Request.ClientId)
        {
            return (login, tab);
        }

        if (LoginCookies.ReadRestart(context, realm) is { } request && realm.Model.FindClient(request.ClientId) is { Enabled: true })
        {
            var (fresh, isNew) = realm.Logins.Open(LoginCookies.LoginId(context));
            if (isNew)
            {
                LoginCookies.SetLogin(context, realm, fresh);
            }

            var restarted = realm.Logins.AddTab(fresh, request);
            restarted.Message = "Your login attempt timed out. Login will start from the beginning.";
            await context.Redirect(LoginUrls.Page(realm, restarted));
            return null;
        }

        await ErrorPage.WriteAsync(
            context, realm,
            "Restart login cookie not found. It may have expired; it may have been deleted or cookies are disabled in your browser. If cookies are disabled then enable them. Click Back to Application to login again.",
            noStore: true);
        return null;
    }
}
