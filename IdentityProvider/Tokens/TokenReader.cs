using System.Text.Json;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Keys;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;

namespace McpAspire.IdentityProvider.Tokens;

/// <summary>Reads this realm's own tokens back: signature, issuer, time, revocation and session.</summary>
internal sealed class TokenReader(RealmRuntime realm)
{
    /// <summary>Verifies signature, issuer and type, but neither time nor session: for hints and for revocation.</summary>
    public JsonElement? ReadSigned(string token, params ReadOnlySpan<string> types)
    {
        var payload = Jwt.Verify(token, FindKey);
        return payload is { } claims && claims.Text("iss") == realm.Urls.Issuer && Contains(types, claims.Text("typ")) ? claims : null;
    }

    /// <summary>Everything that must hold for the token to be good now.</summary>
    public TokenVerdict Read(string token, params ReadOnlySpan<string> types)
    {
        if (ReadSigned(token, types) is not { } claims || realm.Model.FindClient(claims.Text("azp")) is not { Enabled: true } client)
        {
            return TokenVerdict.Invalid;
        }

        var issued = claims.Number("iat") ?? 0;
        if (IsExpired(claims) || issued < realm.Settings.NotBefore || realm.Revoked.Contains(claims.Text("jti")))
        {
            return TokenVerdict.Invalid;
        }

        if (claims.Text("sid") is not { } sid)
        {
            return realm.Model.FindUser(claims.Text("sub") ?? "") is { Enabled: true } account
                ? new TokenVerdict(new VerifiedToken(claims, client, account, null, null))
                : TokenVerdict.Invalid;
        }

        if (realm.Sessions.FindFor(sid, client.ClientId) is not { } session
            || !session.Clients.TryGetValue(client.ClientId, out var clientSession)
            || issued < clientSession.Started.ToUnixTimeSeconds()
            || realm.Model.FindUser(session.UserId) is not { Enabled: true } user)
        {
            return TokenVerdict.SessionGone;
        }

        return new TokenVerdict(new VerifiedToken(claims, client, user, session, clientSession));
    }

    public bool IsExpired(JsonElement claims)
        => claims.Number("exp") is { } expires && expires <= realm.Clock.GetUtcNow().ToUnixTimeSeconds();

    private IJwtKey? FindKey(string? kid)
        => kid == realm.Keys.Own.Id ? realm.Keys.Own : realm.Keys.FindVerification(kid);

    private static bool Contains(ReadOnlySpan<string> types, string? type) => type is not null && types.Contains(type);
}

/// <summary>The types of this realm's tokens (claim <c>typ</c>).</summary>
internal static class RealmTokenTypes
{
    public const string Bearer = "Bearer";
    public const string DPoP = "DPoP";
    public const string Id = "ID";
    public const string Refresh = "Refresh";
    public const string Offline = "Offline";
}

/// <summary>A token of ours that is good now, with what it belongs to.</summary>
internal sealed record VerifiedToken(JsonElement Claims, Client Client, User User, UserSession? Session, ClientSession? ClientSession)
{
    public string Type => Claims.Text("typ") ?? "";

    /// <summary>The scopes it was granted, from its own <c>scope</c>; what has no such claim gets the client's default ones.</summary>
    public GrantedScopes Scopes
    {
        get
        {
            var names = (Claims.Text("scope") ?? "").Split(' ').ToHashSet();
            return new GrantedScopes(
                names.Contains(ClientScope.OpenId),
                [.. Client.DefaultScopes.Concat(Client.OptionalScopes.Where(scope => names.Contains(scope.Name)))]);
        }
    }
}

/// <summary>The outcome of reading a token.</summary>
internal sealed record TokenVerdict(VerifiedToken? Token)
{
    public static readonly TokenVerdict Invalid = new((VerifiedToken?)null);
    public static readonly TokenVerdict SessionGone = new((VerifiedToken?)null) { IsSessionGone = true };

    public bool IsSessionGone { get; private init; }
}
