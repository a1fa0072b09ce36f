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
        var fromHeader = ReadHeader(context);
        context.Response.Headers.Pragma = "no-cache";
        context.Response.Headers.CacheControl = "no-store";
        if (fromForm is not null && fromHeader is not null)
        {
            Refuse(context, realm, 400, "invalid_request", "More than one method used for including an access token");
            return;
        }

        if ((fromHeader ?? fromForm) is not { Length: > 0 } value)
        {
            Refuse(context, realm, 401, null, null);
            return;
        }

        var verdict = realm.Reader.Read(value, RealmTokenTypes.Bearer, RealmTokenTypes.DPoP);
        if (verdict.Token is not { } token)
        {
            Refuse(context, realm, 401, "invalid_token", verdict.IsSessionGone ? "user_session_not_found" : "Token verification failed");
        }
        else if (!token.Scopes.OpenId)
        {
            Refuse(context, realm, 403, "insufficient_scope", "Missing openid scope");
        }
        else
        {
            await AnswerAsync(context, token);
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

    private static string? ReadHeader(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
    }

    private static void Refuse(HttpContext context, RealmRuntime realm, int status, string? error, string? description)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain;charset=utf-8";
        context.Response.ContentLength = 0;
        context.Response.Headers.WWWAuthenticate = error is null
            ? $"Bearer realm=\"{realm.Settings.Name}\""
            : $"Bearer realm=\"{realm.Settings.Name}\", error=\"{error}\", error_description=\"{description}\"";
    }
}
