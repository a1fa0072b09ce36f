using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Login;

/// <summary>Keycloak's cookies. They are Secure and SameSite=None even on http://localhost, where browsers accept that.</summary>
internal static class LoginCookies
{
    private const string Login = "AUTH_SESSION_ID";
    private const string LoginHash = "KC_AUTH_SESSION_HASH";
    private const string Restart = "KC_RESTART";
    private const string Identity = "KEYCLOAK_IDENTITY";
    private const string Session = "KEYCLOAK_SESSION";
    private const string IdentityType = "Serialized-ID";
    private const string RestartType = "Restart";

    public static string? LoginId(HttpContext context) => context.Request.Cookies[Login];

    public static void SetLogin(HttpContext context, RealmRuntime realm, BrowserLogin login, bool withHash = true)
    {
        Set(context, realm, Login, login.Id, "Secure;HttpOnly;SameSite=None");
        if (withHash)
        {
            Set(context, realm, LoginHash, Hash(login.Id), "Max-Age=60;Secure;SameSite=None");
        }
    }

    /// <summary>KC_RESTART: enough to begin again when the sign-in under way is forgotten.</summary>
    public static void SetRestart(HttpContext context, RealmRuntime realm, AuthorizationRequest request)
    {
        var payload = new JsonObject
        {
            ["exp"] = realm.Clock.GetUtcNow().AddSeconds(realm.Settings.SsoSessionMaxLifespan).ToUnixTimeSeconds(),
            ["iss"] = realm.Urls.Issuer,
            ["typ"] = RestartType,
            ["request"] = JsonSerializer.SerializeToNode(request, LoginJson.Default.AuthorizationRequest),
        };
        Set(context, realm, Restart, Jwt.Sign(payload, realm.Keys.Own), "Secure;HttpOnly;SameSite=None");
    }

    public static AuthorizationRequest? ReadRestart(HttpContext context, RealmRuntime realm)
        => context.Request.Cookies[Restart] is { } cookie
           && realm.Reader.ReadSigned(cookie, RestartType) is { } claims && !realm.Reader.IsExpired(claims)
            ? claims.GetProperty("request").Deserialize(LoginJson.Default.AuthorizationRequest)
            : null;

    public static void ClearRestart(HttpContext context, RealmRuntime realm, bool always)
    {
        if (always || context.Request.Cookies.ContainsKey(Restart))
        {
            Clear(context, realm, Restart);
        }
    }

    public static void SetIdentity(HttpContext context, RealmRuntime realm, UserSession session)
    {
        var now = realm.Clock.GetUtcNow();
        var payload = new JsonObject
        {
            ["exp"] = session.Started.AddSeconds(realm.Settings.SsoSessionMaxLifespan).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["jti"] = RandomId.Uuid(),
            ["iss"] = realm.Urls.Issuer,
            ["sub"] = session.UserId,
            ["typ"] = IdentityType,
            ["sid"] = session.Id,
        };
        Set(context, realm, Identity, Jwt.Sign(payload, realm.Keys.Own), "Secure;HttpOnly;SameSite=None");
        Set(context, realm, Session, Hash(session.Id), $"Max-Age={realm.Settings.SsoSessionMaxLifespan};Secure;SameSite=None");
    }

    /// <summary>The session and person of this browser; a cookie that means nothing any more is cleared.</summary>
    public static (UserSession Session, User User)? ReadIdentity(HttpContext context, RealmRuntime realm)
    {
        if (!HasIdentity(context))
        {
            return null;
        }

        if (FindIdentity(context, realm) is { } identity)
        {
            return identity;
        }

        ClearIdentity(context, realm);
        return null;
    }

    public static (UserSession Session, User User)? FindIdentity(HttpContext context, RealmRuntime realm)
        => context.Request.Cookies[Identity] is { } cookie
           && realm.Reader.ReadSigned(cookie, IdentityType) is { } claims && !realm.Reader.IsExpired(claims)
           && realm.Sessions.Find(claims.Text("sid")) is { } session
           && realm.Model.FindUser(session.UserId) is { Enabled: true } user
            ? (session, user)
            : null;

    public static bool HasIdentity(HttpContext context) => context.Request.Cookies.ContainsKey(Identity);

    public static void ClearIdentity(HttpContext context, RealmRuntime realm)
    {
        Clear(context, realm, Identity);
        Clear(context, realm, Session);
    }

    private static void Set(HttpContext context, RealmRuntime realm, string name, string value, string attributes)
        => context.Response.Headers.Append("Set-Cookie", $"{name}={value};Version=1;Path={realm.Urls.Path}/;{attributes}");

    private static void Clear(HttpContext context, RealmRuntime realm, string name)
        => context.Response.Headers.Append("Set-Cookie", $"{name}=;Version=1;Path={realm.Urls.Path}/;Max-Age=0");

    private static string Hash(string id) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(id)));
}
