using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Token;

/// <summary>Redeems an authorization code. Every failed attempt burns the code.</summary>
internal sealed class AuthorizationCodeGrant : IGrant
{
    public string Type => GrantTypes.AuthorizationCode;

    public JsonObject Handle(TokenRequest request)
    {
        var (realm, client, form) = (request.Realm, request.Client, request.Form);
        var value = form["code"] ?? throw OAuthException.InvalidRequest("Missing parameter: code");
        if (realm.Codes.Redeem(value) is not { } code)
        {
            RevokeOnReuse(realm, value);
            throw OAuthException.InvalidGrant("Code not valid");
        }

        if (form["redirect_uri"] != code.RedirectUri)
        {
            throw OAuthException.InvalidGrant("Incorrect redirect_uri");
        }

        if (client.ClientId != code.ClientId)
        {
            throw OAuthException.InvalidGrant("Auth error: Found different client_id in clientSession");
        }

        if (code.KeyThumbprint is { } bound && bound != request.KeyThumbprint)
        {
            throw OAuthException.InvalidRequest("DPoP Proof public key thumbprint does not match dpop_jkt");
        }

        ResourceIndicator.RequireSame(realm, form, code.Resource);
        ProofKey.Verify(code.CodeChallenge, code.CodeChallengeMethod, form["code_verifier"]);
        if (realm.Sessions.Find(code.SessionId) is not { } session || !session.Clients.TryGetValue(client.ClientId, out var clientSession))
        {
            throw OAuthException.InvalidGrant("Session not active");
        }

        if (realm.Model.FindUser(session.UserId) is not { Enabled: true } user)
        {
            throw OAuthException.InvalidGrant("User disabled");
        }

        return Issue(request, session, clientSession, user, code.Scope, code.Nonce, "ac", code.Resource);
    }

    /// <summary>Tokens for a session that a person has just opened or used, by code or by device.</summary>
    public static JsonObject Issue(
        TokenRequest request, UserSession session, ClientSession clientSession, User user, string? scope, string? nonce, string grant, string? resource)
    {
        var realm = request.Realm;
        var scopes = request.ResolveScopes(scope).For(user);
        if (scopes.Offline)
        {
            session = realm.Sessions.StartOffline(session, RequireOfflineRole(clientSession, user));
        }

        session.LastActive = realm.Clock.GetUtcNow();
        return TokenAnswer.ForSession(
            realm,
            new TokenSubject
            {
                Client = request.Client,
                User = user,
                Scopes = scopes,
                Session = session,
                AuthenticationContext = clientSession.AuthenticationContext,
                Nonce = nonce,
                Resource = resource,
                ResourceAudience = resource is null ? null : ResourceIndicator.Audience(realm, resource),
                KeyThumbprint = request.KeyThumbprint,
                Grant = grant,
            },
            scopes,
            chain: null);
    }

    private static ClientSession RequireOfflineRole(ClientSession clientSession, User user)
        => user.Roles.Any(role => role is { Client: null, Name: ClientScope.OfflineAccess })
            ? clientSession
            : throw new OAuthException(400, "not_allowed", "Offline tokens not allowed for the user or client");

    /// <summary>A code that comes twice was stolen or leaked: the tokens it brought are worth nothing from now on.</summary>
    private static void RevokeOnReuse(RealmRuntime realm, string value)
    {
        if (realm.Codes.FindSpent(value) is { } spent)
        {
            realm.Sessions.Find(spent.SessionId)?.Clients.TryRemove(spent.ClientId, out _);
            realm.Sessions.FindOffline(spent.SessionId)?.Clients.TryRemove(spent.ClientId, out _);
            realm.Log.CodeReused(realm.Settings.Name, spent.ClientId);
        }
    }
}
