using System.Text.Json;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Pages;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Login;

/// <summary>Decides what a browser has to do for an authorization request, and ends with a code.</summary>
internal static class SignIn
{
    public static async Task StartAsync(HttpContext context, RealmRuntime realm, Client client, AuthorizationRequest request)
    {
        if (request.HasPrompt("create"))
        {
            OpenLogin(context, realm);
            await ErrorPage.WriteAsync(context, realm, "Registration not allowed", noStore: true);
            return;
        }

        var identity = LoginCookies.ReadIdentity(context, realm);
        var login = OpenLogin(context, realm);
        if (DemandsUnknownContext(request.Claims))
        {
            throw new PageException("Invalid parameter: claims");
        }

        var mustType = identity is null || request.HasPrompt("login") || IsTooOld(realm, request, identity.Value.Session);
        if (request.HasPrompt("none"))
        {
            await AnswerSilentlyAsync(context, realm, client, request, login, mustType ? null : identity);
            return;
        }

        var tab = realm.Logins.AddTab(login, request);
        LoginCookies.SetRestart(context, realm, request);
        if (mustType)
        {
            tab.SessionId = identity?.Session.Id;
            tab.ReauthenticateUserId = identity?.User.Id;
            await ShowFirstPageAsync(context, realm, tab);
            return;
        }

        tab.SessionId = identity!.Value.Session.Id;
        await ContinueAsync(context, realm, login, tab, identity.Value.User);
    }

    /// <summary>Goes on after the person is known: asks for consent, or sends the code.</summary>
    public static Task ContinueAsync(HttpContext context, RealmRuntime realm, BrowserLogin login, LoginTab tab, User user)
    {
        tab.UserId = user.Id;
        var client = realm.Model.FindClient(tab.Request.ClientId)!;
        return MissingConsent(realm, client, tab.Request, user).Count > 0 || AlwaysAsks(client, tab)
            ? context.Redirect(LoginUrls.ConsentPage(realm, tab))
            : CompleteAsync(context, realm, login, tab, user);
    }

    /// <summary>Opens or extends the session and hands the code to the client.</summary>
    public static Task CompleteAsync(HttpContext context, RealmRuntime realm, BrowserLogin login, LoginTab tab, User user)
    {
        var session = FindOrStartSession(realm, tab, user);
        realm.Logins.Remove(login);
        LoginCookies.ClearRestart(context, realm, always: tab.PasswordTyped || HttpMethods.IsPost(context.Request.Method));
        LoginCookies.SetIdentity(context, realm, session);
        var clientSession = Attach(realm, session, tab.Request, tab.PasswordTyped);
        realm.Log.SignedIn(realm.Settings.Name, user.Username, clientSession.ClientId);
        if (tab.Request.PushedRequest is { } pushed)
        {
            realm.PushedRequests.Remove(pushed);
        }

        if (tab.Request.DeviceCode is { } deviceCode)
        {
            realm.Devices.FindByDevice(deviceCode)?.Approve(session.Id);
            return context.Redirect($"{realm.Urls.Device}/status");
        }

        return AuthorizationResponse.SuccessAsync(context, realm, tab.Request, session.Id, IssueCode(realm, tab.Request, session));
    }

    public static IReadOnlyList<ClientScope> MissingConsent(RealmRuntime realm, Client client, AuthorizationRequest request, User user)
        => client.ConsentRequired || request.DeviceCode is not null
            ? realm.Consents.Missing(user, client, Granted(client, request, user), request.HasPrompt("consent") || request.DeviceCode is not null)
            : [];

    /// <summary>The scopes of a request; a device's are only checked when it comes for its tokens.</summary>
    public static IReadOnlyList<ClientScope> Granted(Client client, AuthorizationRequest request, User user)
        => (GrantedScopes.Resolve(client, request.Scope) ?? GrantedScopes.Resolve(client, null)!).For(user).Scopes;

    /// <summary>A device always asks: whoever typed its code must see what it wants (RFC 8628, 5.4).</summary>
    private static bool AlwaysAsks(Client client, LoginTab tab)
        => tab.Request.DeviceCode is not null || (client.ConsentRequired && tab.Request.HasPrompt("consent"));

    private static Task ShowFirstPageAsync(HttpContext context, RealmRuntime realm, LoginTab tab)
        => tab.Request is { PushedRequest: null, DeviceCode: null }
            ? LoginPage.WriteAsync(context, realm, tab)
            : context.Redirect(LoginUrls.Entry(realm, tab));

    private static async Task AnswerSilentlyAsync(
        HttpContext context, RealmRuntime realm, Client client, AuthorizationRequest request, BrowserLogin login, (UserSession Session, User User)? identity)
    {
        if (identity is not { } known)
        {
            throw new AuthorizationException(request, Errors.LoginRequired, null);
        }

        if (MissingConsent(realm, client, request, known.User).Count > 0)
        {
            throw new AuthorizationException(request, Errors.InteractionRequired, null);
        }

        realm.Logins.Remove(login);
        LoginCookies.ClearRestart(context, realm, always: false);
        LoginCookies.SetIdentity(context, realm, known.Session);
        known.Session.LastActive = realm.Clock.GetUtcNow();
        Attach(realm, known.Session, request, passwordTyped: false);
        await AuthorizationResponse.SuccessAsync(context, realm, request, known.Session.Id, IssueCode(realm, request, known.Session));
    }

    private static BrowserLogin OpenLogin(HttpContext context, RealmRuntime realm)
    {
        var (login, isNew) = realm.Logins.Open(LoginCookies.LoginId(context));
        if (isNew)
        {
            LoginCookies.SetLogin(context, realm, login);
        }

        return login;
    }

    private static UserSession FindOrStartSession(RealmRuntime realm, LoginTab tab, User user)
    {
        var now = realm.Clock.GetUtcNow();
        if (realm.Sessions.Find(tab.SessionId) is { } session)
        {
            if (session.UserId == user.Id)
            {
                session.LastActive = now;
                session.AuthTime = tab.PasswordTyped ? now : session.AuthTime;
                return session;
            }

            // Somebody else signed in on this browser: the one before is signed out.
            realm.Sessions.End(session);
        }

        return realm.Sessions.Start(user);
    }

    private static ClientSession Attach(RealmRuntime realm, UserSession session, AuthorizationRequest request, bool passwordTyped)
    {
        var context = passwordTyped ? "1" : "0";
        var clientSession = session.Clients.GetOrAdd(request.ClientId, clientId => new ClientSession
        {
            ClientId = clientId,
            Started = realm.Clock.GetUtcNow(),
            AuthenticationContext = context,
        });
        clientSession.AuthenticationContext = context;
        return clientSession;
    }

    private static string? IssueCode(RealmRuntime realm, AuthorizationRequest request, UserSession session)
        => request.ResponseType == "none" ? null : realm.Codes.Issue(realm.Model.FindClient(request.ClientId)!, new AuthorizationCode
        {
            SessionId = session.Id,
            ClientId = request.ClientId,
            RedirectUri = request.RedirectUri,
            Scope = request.Scope,
            Nonce = request.Nonce,
            CodeChallenge = request.CodeChallenge,
            CodeChallengeMethod = request.CodeChallengeMethod,
            Resource = request.Resource,
            KeyThumbprint = request.KeyThumbprint,
        });

    private static bool IsTooOld(RealmRuntime realm, AuthorizationRequest request, UserSession session)
        => request.MaxAge is { } maxAge && realm.Clock.GetUtcNow() > session.AuthTime.AddSeconds(maxAge);

    /// <summary>An essential <c>acr</c> that this realm cannot give must not be answered with less.</summary>
    private static bool DemandsUnknownContext(string? claims)
    {
        if (claims is null)
        {
            return false;
        }

        try
        {
            return JsonElement.Parse(claims) is { ValueKind: JsonValueKind.Object } root
                   && root.TryGetProperty("id_token", out var idToken) && idToken.ValueKind == JsonValueKind.Object
                   && idToken.TryGetProperty("acr", out var acr) && acr.ValueKind == JsonValueKind.Object
                   && acr.TryGetProperty("essential", out var essential) && essential.ValueKind == JsonValueKind.True
                   && !acr.Texts("values").Append(acr.Text("value") ?? "").Any(value => value is "0" or "1");
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
