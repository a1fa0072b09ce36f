using System.Text.Json;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>private_key_jwt (RFC 7523): the client signs with its own key, whose public part its <see cref="ClientKeys"/> hold.</summary>
internal static class ClientAssertion
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The client an assertion claims to come from; nothing is verified yet.</summary>
    public static string? Subject(string assertion)
        => Jwt.Read(assertion) is { } jwt && jwt.Payload.Text("sub") is { } subject && subject == jwt.Payload.Text("iss") ? subject : null;

    public static async Task VerifyAsync(RealmRuntime realm, Client client, string? type, string? assertion)
    {
        if (type is null)
        {
            throw ClientAuthenticationException.BadAssertion("Parameter client_assertion_type is missing");
        }

        if (type != Type)
        {
            throw ClientAuthenticationException.BadAssertion($"Parameter client_assertion_type has value '{type}' but expected is '{Type}'");
        }

        if (assertion is null)
        {
            throw ClientAuthenticationException.BadAssertion("client_assertion parameter missing");
        }

        if (Jwt.Read(assertion) is not { } jwt || jwt.Payload.Text("sub") != client.ClientId || jwt.Payload.Text("iss") != client.ClientId)
        {
            throw ClientAuthenticationException.BadProof();
        }

        await VerifySignatureAsync(realm, client, jwt);
        VerifyClaims(realm, jwt.Payload);
    }

    private static async Task VerifySignatureAsync(RealmRuntime realm, Client client, UnverifiedJwt jwt)
    {
        var wanted = client.Attribute("token.endpoint.auth.signing.alg");
        if (jwt.Algorithm is null || !PublicJwk.Algorithms.Contains(jwt.Algorithm) || (wanted is not null && wanted != jwt.Algorithm))
        {
            throw ClientAuthenticationException.BadAssertion("Invalid signature algorithm");
        }

        var keys = await realm.ClientKeys.FindAsync(client, jwt.KeyId);
        var candidates = keys.Where(key => jwt.KeyId is null || key.KeyId is null || key.KeyId == jwt.KeyId);
        if (!candidates.Any(key => key.Verify(jwt.Algorithm, jwt.SignedBytes, jwt.Signature)))
        {
            throw ClientAuthenticationException.BadAssertion("Client authentication with signed JWT failed: Signature on JWT token failed validation");
        }
    }

    private static void VerifyClaims(RealmRuntime realm, JsonElement claims)
    {
        var now = realm.Clock.GetUtcNow();
        var audience = claims.Texts("aud");
        if (!audience.Contains(realm.Urls.Issuer) && !audience.Contains(realm.Urls.Token))
        {
            throw ClientAuthenticationException.BadAssertion("Invalid token audience");
        }

        if (claims.Number("exp") is not { } expires)
        {
            throw ClientAuthenticationException.BadAssertion("Token exp claim is required");
        }

        var seconds = now.ToUnixTimeSeconds();
        if (expires <= seconds || claims.Number("nbf") > seconds + 10)
        {
            throw ClientAuthenticationException.BadAssertion("Token is not active");
        }

        if (claims.Text("jti") is not { Length: > 0 } id)
        {
            throw ClientAuthenticationException.BadAssertion("Token jti claim is required");
        }

        var left = TimeSpan.FromSeconds(Math.Min(expires - seconds + 1, TimeSpan.SecondsPerDay * 3650));
        if (!realm.UsedAssertions.TryUse($"{claims.Text("sub")}\n{id}", left))
        {
            throw ClientAuthenticationException.BadAssertion("Token reuse detected");
        }
    }
}
