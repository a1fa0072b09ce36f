using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>Whether a token is good and what it says: told only to those whom the token is for.</summary>
internal static class IntrospectionEndpoint
{
    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var form = await FormParameters.ReadAsync(context);
        try
        {
            await context.Json(StatusCodes.Status200OK, await IntrospectAsync(context, realm, form), "no-cache");
        }
        catch (ClientAuthenticationException e) when (e.IsBadProof)
        {
            await context.Json(e.Status, Answers.Describe(Errors.InvalidClient, "Client authentication failed."));
        }
        catch (OAuthException e)
        {
            await context.Json(e.Status, Answers.Describe(e));
        }
    }

    private static async Task<JsonObject> IntrospectAsync(HttpContext context, RealmRuntime realm, FormParameters form)
    {
        if (form.HasDuplicates)
        {
            throw OAuthException.InvalidRequest("duplicated parameter");
        }

        var caller = await ClientAuthenticator.AuthenticateAsync(context, realm, form);
        if (caller.Public)
        {
            throw new OAuthException(403, Errors.InvalidRequest, "Client not allowed.");
        }

        var value = form["token"] ?? throw OAuthException.InvalidRequest("Token not provided.");
        var verdict = (form["token_type_hint"] ?? "access_token") switch
        {
            "access_token" => realm.Reader.Read(value, RealmTokenTypes.Bearer, RealmTokenTypes.DPoP, RealmTokenTypes.Id),
            "refresh_token" => realm.Reader.Read(value, RealmTokenTypes.Refresh, RealmTokenTypes.Offline),
            _ => throw OAuthException.InvalidRequest("Unsupported token type."),
        };
        return verdict.Token is { } token && MayKnow(caller, token) ? Describe(realm, token) : new JsonObject { ["active"] = false };
    }

    private static bool MayKnow(Client caller, VerifiedToken token)
        => IsRefresh(token) ? token.Client.ClientId == caller.ClientId : token.Claims.Texts("aud").Contains(caller.ClientId);

    private static bool IsRefresh(VerifiedToken token) => token.Type is RealmTokenTypes.Refresh or RealmTokenTypes.Offline;

    private static JsonObject Describe(RealmRuntime realm, VerifiedToken token)
    {
        var (mapped, audience) = ClaimMapping.Run(
            new TokenSubject
            {
                Client = token.Client,
                User = token.User,
                Scopes = token.Scopes,
                Session = token.Session,
                AuthenticationContext = token.ClientSession?.AuthenticationContext ?? "1",
                Grant = "",
                Notes = new Dictionary<string, string> { ["client_id"] = token.Client.ClientId },
            },
            TokenUse.Introspection);
        var answer = new JsonObject();
        foreach (var name in (ReadOnlySpan<string>)["exp", "iat", "jti", "iss", "sub", "typ", "azp", "sid", "cnf", "scope"])
        {
            if (token.Claims.TryGetProperty(name, out var claim))
            {
                answer[name] = JsonNode.Parse(claim.GetRawText());
            }
        }

        TokenFactory.SetAudience(answer, IsRefresh(token) ? [realm.Urls.Issuer, .. audience] : token.Claims.Texts("aud"));
        TokenFactory.MoveAll(mapped, answer);
        answer["client_id"] = token.Client.ClientId;
        answer["username"] = token.User.Username;
        answer["token_type"] = token.Type;
        answer["active"] = true;
        return answer;
    }
}
