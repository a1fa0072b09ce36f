using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Token;

/// <summary>Builds the token response with Keycloak's members.</summary>
internal static class TokenAnswer
{
    /// <summary>Tokens of a session: access, refresh and, with <c>openid</c>, id token.</summary>
    public static JsonObject ForSession(RealmRuntime realm, TokenSubject subject, GrantedScopes refreshScopes, string? chain)
    {
        var access = realm.Tokens.Access(subject);
        var refresh = subject.Client.Attribute("use.refresh.tokens") == "false" ? null : realm.Tokens.Refresh(subject, refreshScopes, access.Audience, chain);
        return Write(realm, subject, access, refresh, refreshScopes.OpenId);
    }

    /// <summary>Tokens without a session to refresh them in.</summary>
    public static JsonObject WithoutRefresh(RealmRuntime realm, TokenSubject subject)
        => Write(realm, subject, realm.Tokens.Access(subject), null, subject.Scopes.OpenId);

    public static JsonObject Write(RealmRuntime realm, TokenSubject subject, IssuedToken access, IssuedToken? refresh, bool withId)
    {
        var answer = new JsonObject
        {
            ["access_token"] = access.Value,
            ["expires_in"] = access.ExpiresIn,
            ["refresh_expires_in"] = refresh?.ExpiresIn ?? 0,
        };
        if (refresh is not null)
        {
            answer["refresh_token"] = refresh.Value;
        }

        answer["token_type"] = subject.KeyThumbprint is null ? RealmTokenTypes.Bearer : RealmTokenTypes.DPoP;
        if (withId)
        {
            answer["id_token"] = realm.Tokens.Id(subject, access.Value);
        }

        answer["not-before-policy"] = realm.Settings.NotBefore;
        if (subject.Session is { } session)
        {
            answer["session_state"] = session.Id;
        }

        answer["scope"] = subject.Scopes.Shown;
        return answer;
    }
}
