using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Keys;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;

namespace McpAspire.IdentityProvider.Tokens;

/// <summary>Makes access, id and refresh tokens with Keycloak's claims.</summary>
internal sealed class TokenFactory(RealmSettings settings, string issuer, Func<RealmKeys> keys, SessionStore sessions, TimeProvider clock)
{
    public IssuedToken Access(TokenSubject subject)
    {
        var now = clock.GetUtcNow();
        var lifetime = AccessLifetime(subject);
        var (claims, mapped) = ClaimMapping.Run(subject, TokenUse.Access);
        var payload = Start(now, lifetime, claims, $"{subject.JtiPrefix}:{RandomId.Uuid()}");
        SetAudience(payload, Audience(subject, mapped));
        Move(claims, payload, "sub");
        payload["typ"] = subject.KeyThumbprint is null ? "Bearer" : "DPoP";
        payload["azp"] = subject.Client.ClientId;
        SetSession(payload, subject);
        Move(claims, payload, "acr", "allowed-origins", "realm_access", "resource_access");
        if (subject.KeyThumbprint is { } thumbprint)
        {
            payload["cnf"] = new JsonObject { ["jkt"] = thumbprint, ["kc-jkt-type"] = "DPoP" };
        }

        payload["scope"] = subject.Scopes.Shown;
        MoveAll(claims, payload);
        return new IssuedToken(Jwt.Sign(payload, keys().Signing), lifetime, mapped);
    }

    public string Id(TokenSubject subject, string? accessToken)
    {
        var now = clock.GetUtcNow();
        var (claims, _) = ClaimMapping.Run(subject, TokenUse.Id);
        var payload = Start(now, AccessLifetime(subject), claims, RandomId.Uuid());
        payload["aud"] = subject.Client.ClientId;
        payload["sub"] = subject.User.Id;
        payload["typ"] = "ID";
        payload["azp"] = subject.Client.ClientId;
        if (subject.Nonce is { } nonce)
        {
            payload["nonce"] = nonce;
        }

        SetSession(payload, subject);
        if (accessToken is not null)
        {
            payload["at_hash"] = HalfHash(accessToken);
        }

        Move(claims, payload, "acr");
        claims.Remove("sub");
        MoveAll(claims, payload);
        return Jwt.Sign(payload, keys().Signing);
    }

    /// <summary>A refresh token; <paramref name="chain"/> ties the tokens of one rotation together.</summary>
    public IssuedToken Refresh(TokenSubject subject, GrantedScopes scopes, IReadOnlyList<string> audience, string? chain)
    {
        var session = subject.Session!;
        var lifetime = session.Offline ? 0 : sessions.SecondsLeft(session);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var payload = new JsonObject();
        if (!session.Offline)
        {
            payload["exp"] = now + lifetime;
        }

        payload["iat"] = now;
        payload["jti"] = RandomId.Uuid();
        payload["iss"] = issuer;
        payload["aud"] = issuer;
        payload["sub"] = subject.User.Id;
        payload["typ"] = session.Offline ? "Offline" : "Refresh";
        payload["azp"] = subject.Client.ClientId;
        payload["sid"] = session.Id;
        if (subject.KeyThumbprint is { } thumbprint && subject.Client.Public)
        {
            payload["cnf"] = new JsonObject { ["jkt"] = thumbprint, ["kc-jkt-type"] = "DPoP" };
        }

        payload["scope"] = scopes.All;
        if (audience.Count > 0)
        {
            payload["aud_x"] = new JsonArray([.. audience.Select(item => (JsonNode)item)]);
        }

        payload["prov"] = "default";
        if (settings.RevokeRefreshToken)
        {
            payload["reuse_id"] = chain ?? RandomId.Uuid();
        }

        if (subject.Resource is { } resource)
        {
            payload["resource"] = resource;
        }

        return new IssuedToken(Jwt.Sign(payload, keys().Own), lifetime, audience);
    }

    public static void SetAudience(JsonObject payload, IReadOnlyList<string> audience)
    {
        if (audience.Count == 1)
        {
            payload["aud"] = audience[0];
        }
        else if (audience.Count > 1)
        {
            payload["aud"] = new JsonArray([.. audience.Select(item => (JsonNode)item)]);
        }
    }

    /// <summary>Moves the rest of the mapped claims; a mapper never replaces what the token itself says.</summary>
    public static void MoveAll(JsonObject claims, JsonObject payload)
        => Move(claims, payload, [.. claims.Select(claim => claim.Key).Where(name => !payload.ContainsKey(name))]);

    private static void Move(JsonObject claims, JsonObject payload, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (claims.Remove(name, out var value))
            {
                payload[name] = value;
            }
        }
    }

    private static IReadOnlyList<string> Audience(TokenSubject subject, IReadOnlyList<string> mapped)
        => subject.ResourceAudience is { } resource
            ? mapped.Contains(resource) ? [resource] : throw ResourceIndicator.InvalidTarget(ResourceIndicator.Invalid)
            : subject.AudienceFilter is { } filter ? [.. mapped.Where(filter.Contains)] : mapped;

    private static void SetSession(JsonObject payload, TokenSubject subject)
    {
        if (subject.Session is { } session)
        {
            payload["sid"] = session.Id;
        }
    }

    private static string HalfHash(string token)
        => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)).AsSpan(0, 16));

    private JsonObject Start(DateTimeOffset now, int lifetime, JsonObject claims, string id)
    {
        var seconds = now.ToUnixTimeSeconds();
        var payload = new JsonObject { ["exp"] = seconds + lifetime, ["iat"] = seconds };
        Move(claims, payload, "auth_time");
        payload["jti"] = id;
        payload["iss"] = issuer;
        return payload;
    }

    private int AccessLifetime(TokenSubject subject)
    {
        var lifetime = subject.Client.AccessTokenLifespan(settings);
        return subject.Session is { Offline: false } session
            ? (int)Math.Min(lifetime, Math.Max(0, (session.Started.AddSeconds(settings.SsoSessionMaxLifespan) - clock.GetUtcNow()).TotalSeconds))
            : lifetime;
    }
}

/// <summary>A token, how many seconds it is good for (0: no limit of its own) and the audiences its scopes bring.</summary>
internal sealed record IssuedToken(string Value, int ExpiresIn, IReadOnlyList<string> Audience);
