using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>Who the bearer of an access token is.</summary>
internal static class UserInfoEndpoint
{
    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var fromForm = HttpMethods.IsPost(context.Request.Method) ? (await FormParameters.ReadAsync(context))["access_token"] : null;
        var (scheme, fromHeader) = ReadHeader(context);
        context.Response.Headers.Pragma = "no-cache";
        context.Response.Headers.CacheControl = "no-store";
        if (fromForm is not null && fromHeader is not null)
        {
            Refuse(context, realm, scheme, 400, "invalid_request", "More than one method used for including an access token");
            return;
        }

        if ((fromHeader ?? fromForm) is not { Length: > 0 } value)
        {
            Refuse(context, realm, scheme, 401, null, null);
            return;
        }

        var verdict = realm.Reader.Read(value, RealmTokenTypes.Bearer, RealmTokenTypes.DPoP);
        if (verdict.Token is not { } token || !ProvesKey(context, realm, token, scheme, value))
        {
            Refuse(context, realm, scheme, 401, "invalid_token", verdict.IsSessionGone ? "user_session_not_found" : "Token verification failed");
        }
        else if (!token.Scopes.OpenId)
        {
            Refuse(context, realm, scheme, 403, "insufficient_scope", "Missing openid scope");
        }
        else
        {
            await AnswerAsync(context, token);
        }
    }

    /// <summary>A bound token is nothing without its key, and a bound scheme nothing without a bound token.</summary>
    private static bool ProvesKey(HttpContext context, RealmRuntime realm, VerifiedToken token, string scheme, string value)
    {
        var bound = token.Claims.TryGetProperty("cnf", out var confirmation) ? confirmation.Text("jkt") : null;
        if (bound is null || scheme != RealmTokenTypes.DPoP)
        {
            return bound is null && scheme == RealmTokenTypes.Bearer;
        }

        try
        {
            return DPoPProof.Verify(context, realm, $"{realm.Urls.Protocol}/userinfo", value) == bound;
        }
        catch (OAuthException)
        {
            return false;
        }
    }

    private static async Task AnswerAsync(HttpContext context, VerifiedToken token)
    {
        try
        {
            CrossOrigin.Require(context, token.Claims.Texts("allowed-origins"));
        }
        catch (OAuthException e)
        {
            await context.Token(e.Status, Answers.Describe(e));
            return;
        }

        var (claims, _) = ClaimMapping.Run(
            new TokenSubject { Client = token.Client, User = token.User, Scopes = token.Scopes, Session = token.Session, Grant = "" },
            TokenUse.UserInfo);
        var body = new JsonObject { ["sub"] = token.User.Id };
        TokenFactory.MoveAll(claims, body);
        context.Response.Headers.CacheControl = new(["no-store", "no-cache"]);
        await context.Json(StatusCodes.Status200OK, body);
    }

    private static (string Scheme, string? Token) ReadHeader(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        foreach (var scheme in (ReadOnlySpan<string>)[RealmTokenTypes.Bearer, RealmTokenTypes.DPoP])
        {
            if (header.StartsWith($"{scheme} ", StringComparison.OrdinalIgnoreCase))
            {
                return (scheme, header[(scheme.Length + 1)..].Trim());
            }
        }

        return (RealmTokenTypes.Bearer, null);
    }

    private static void Refuse(HttpContext context, RealmRuntime realm, string scheme, int status, string? error, string? description)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain;charset=utf-8";
        context.Response.ContentLength = 0;
        var challenge = scheme == RealmTokenTypes.DPoP ? $"DPoP algs=\"{DPoPProof.Algorithms}\", " : "Bearer ";
        context.Response.Headers.WWWAuthenticate = error is null
            ? $"{challenge}realm=\"{realm.Settings.Name}\""
            : $"{challenge}realm=\"{realm.Settings.Name}\", error=\"{error}\", error_description=\"{description}\"";
    }
}
