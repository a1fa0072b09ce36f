using System.Text.Json;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Token;

/// <summary>Exchanges a refresh token; where the realm rotates them, a second use ends the chain.</summary>
internal sealed class RefreshTokenGrant : IGrant
{
    public string Type => GrantTypes.RefreshToken;

    public JsonObject Handle(TokenRequest request)
    {
        var (realm, client) = (request.Realm, request.Client);
        var value = request.Form["refresh_token"] ?? throw OAuthException.InvalidRequest("No refresh token");
        var claims = Read(realm, client, value);
        var session = FindSession(realm, claims);
        if (!session.Clients.TryGetValue(client.ClientId, out var clientSession)
            || claims.Number("iat") < clientSession.Started.ToUnixTimeSeconds())
        {
            throw OAuthException.InvalidGrant("Session doesn't have required client");
        }

        if (realm.Model.FindUser(session.UserId) is not { Enabled: true } user)
        {
            throw OAuthException.InvalidGrant("User disabled");
        }

        RequireKey(request, claims);
        var resource = claims.Text("resource");
        ResourceIndicator.RequireSame(realm, request.Form, resource);
        var granted = ReadGranted(client, claims).For(user);
        var names = granted.All.Split(' ').ToHashSet();
        var scopes = string.IsNullOrEmpty(request.Scope) ? granted : request.ResolveScopes(request.Scope).For(user).Within(names);
        var chain = CountUse(realm, client, session, clientSession, claims);
        session.LastActive = realm.Clock.GetUtcNow();
        return TokenAnswer.ForSession(
            realm,
            new TokenSubject
            {
                Client = client,
                User = user,
                Scopes = scopes,
                Session = session,
                AuthenticationContext = clientSession.AuthenticationContext,
                Grant = "rt",
                Resource = resource,
                ResourceAudience = resource is null ? null : ResourceIndicator.Audience(realm, resource),
                KeyThumbprint = request.KeyThumbprint,
            },
            granted,
            chain);
    }

    private static JsonElement Read(RealmRuntime realm, Client client, string value)
    {
        if (realm.Reader.ReadSigned(value, RealmTokenTypes.Refresh, RealmTokenTypes.Offline) is not { } claims)
        {
            throw OAuthException.InvalidGrant("Invalid refresh token");
        }

        if (realm.Reader.IsExpired(claims))
        {
            throw OAuthException.InvalidGrant("Token is not active");
        }

        if (claims.Text("azp") != client.ClientId)
        {
            throw OAuthException.InvalidGrant("Invalid refresh token. Token client and authorized client don't match");
        }

        return claims;
    }

    /// <summary>A public client's refresh token is bound to its key (RFC 9449, 5).</summary>
    private static void RequireKey(TokenRequest request, JsonElement claims)
    {
        if (claims.TryGetProperty("cnf", out var confirmation) && confirmation.Text("jkt") != request.KeyThumbprint)
        {
            throw OAuthException.InvalidGrant(request.KeyThumbprint is null ? "DPoP proof is missing" : "DPoP proof and token binding verification failed");
        }
    }

    private static UserSession FindSession(RealmRuntime realm, JsonElement claims)
        => claims.Text("typ") == RealmTokenTypes.Offline
            ? realm.Sessions.FindOffline(claims.Text("sid")) ?? throw OAuthException.InvalidGrant("Offline user session not found")
            : realm.Sessions.Find(claims.Text("sid")) ?? throw OAuthException.InvalidGrant("Session not active");

    /// <summary>The scopes at first grant, as far as the client still has them.</summary>
    private static GrantedScopes ReadGranted(Client client, JsonElement claims)
    {
        var names = (claims.Text("scope") ?? "").Split(' ').ToHashSet();
        return new GrantedScopes(
            names.Contains(ClientScope.OpenId),
            [.. client.DefaultScopes.Concat(client.OptionalScopes).Where(scope => names.Contains(scope.Name))]);
    }

    private static string? CountUse(RealmRuntime realm, Client client, UserSession session, ClientSession clientSession, JsonElement claims)
    {
        var chain = claims.Text("reuse_id");
        if (!realm.Settings.RevokeRefreshToken)
        {
            return null;
        }

        var issued = DateTimeOffset.FromUnixTimeSeconds(claims.Number("iat") ?? 0);
        var outcome = clientSession.UseRefreshToken(chain ?? "", claims.Text("jti") ?? "", issued, realm.Settings.RefreshTokenMaxReuse);
        if (outcome == RefreshOutcome.Fine)
        {
            return chain;
        }

        session.Clients.TryRemove(client.ClientId, out _);
        realm.Log.RefreshTokenReused(realm.Settings.Name, client.ClientId);
        throw OAuthException.InvalidGrant(outcome == RefreshOutcome.Stale ? "Stale token" : "Maximum allowed refresh token reuse exceeded");
    }
}
