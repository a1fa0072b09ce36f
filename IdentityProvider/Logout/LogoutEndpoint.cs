using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Pages;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Logout;

/// <summary>OpenID Connect RP-initiated logout, and Keycloak's own by refresh token.</summary>
internal static class LogoutEndpoint
{
    public const string NoCache = "no-cache";

    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var isPost = HttpMethods.IsPost(context.Request.Method);
        var parameters = isPost ? await FormParameters.ReadAsync(context) : FormParameters.FromQuery(context.Request);
        if (isPost && parameters["refresh_token"] is { } refreshToken)
        {
            await ByRefreshTokenAsync(context, realm, parameters, refreshToken);
            return;
        }

        try
        {
            await InBrowserAsync(context, realm, LogoutRequest.Read(realm, parameters));
        }
        catch (PageException e)
        {
            await ErrorPage.WriteAsync(context, realm, e.Message, cache: NoCache);
        }
    }

    private static async Task InBrowserAsync(HttpContext context, RealmRuntime realm, LogoutRequest request)
    {
        var browser = LoginCookies.HasIdentity(context) ? LoginCookies.FindIdentity(context, realm) : null;
        var (login, _) = realm.Logins.Open(LoginCookies.LoginId(context));
        LoginCookies.SetLogin(context, realm, login, withHash: false);
        var asksFirst = request.HintedSession is null || (browser is not null && browser.Value.Session.Id != request.HintedSession);
        if (asksFirst)
        {
            await LogoutPages.ConfirmAsync(context, realm, login, request);
            return;
        }

        realm.Logins.Remove(login);
        if (realm.Sessions.Find(request.HintedSession) is { } session)
        {
            realm.Sessions.End(session);
        }

        if (LoginCookies.HasIdentity(context))
        {
            LoginCookies.ClearIdentity(context, realm);
        }

        await LogoutPages.DoneAsync(context, realm, request.RedirectUri);
    }

    private static async Task ByRefreshTokenAsync(HttpContext context, RealmRuntime realm, FormParameters form, string refreshToken)
    {
        try
        {
            CrossOrigin.AllowAny(context);
            var client = await ClientAuthenticator.AuthenticateAsync(context, realm, form);
            CrossOrigin.Require(context, client);
            if (FindSession(realm, client, refreshToken) is { } session)
            {
                realm.Sessions.End(session);
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.CacheControl = NoCache;
        }
        catch (OAuthException e)
        {
            await context.Json(e.Status, Answers.Describe(e));
        }
    }

    private static UserSession? FindSession(RealmRuntime realm, Client client, string refreshToken)
    {
        if (realm.Reader.ReadSigned(refreshToken, RealmTokenTypes.Refresh, RealmTokenTypes.Offline) is not { } claims)
        {
            throw OAuthException.InvalidGrant("Invalid refresh token");
        }

        if (claims.Text("azp") != client.ClientId)
        {
            throw OAuthException.InvalidGrant("Invalid refresh token. Token client and authorized client don't match");
        }

        return claims.Text("typ") == RealmTokenTypes.Offline ? realm.Sessions.FindOffline(claims.Text("sid")) : realm.Sessions.Find(claims.Text("sid"));
    }
}
