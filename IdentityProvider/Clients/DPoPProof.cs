using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>Proof of possession (RFC 9449): a signed statement that the caller holds the key a token is bound to.</summary>
internal static class DPoPProof
{
    /// <summary>Keycloak's order, as its challenge writes it.</summary>
    public const string Algorithms = "PS384 RS384 EdDSA ES384 ES256 RS256 ES512 PS256 PS512 RS512";

    private const string Header = "DPoP";
    private const int Lifetime = 10;
    private const int ClockSkew = 15;

    /// <summary>The thumbprint of the proven key; null when the request has no proof.</summary>
    public static string? Verify(HttpContext context, RealmRuntime realm, string url, string? accessToken = null)
    {
        if (context.Request.Headers[Header].ToString() is not { Length: > 0 } value)
        {
            return null;
        }

        var jwt = Jwt.Read(value) ?? throw OAuthException.InvalidRequest("DPoP header verification failure");
        var key = VerifySignature(jwt);
        VerifyClaims(realm, jwt.Payload, context.Request.Method, url, accessToken);
        return key.Thumbprint;
    }

    private static PublicJwk VerifySignature(UnverifiedJwt jwt)
    {
        if (jwt.Header.Text("typ") != "dpop+jwt")
        {
            throw OAuthException.InvalidRequest($"Invalid or missing type in DPoP header: {jwt.Header.Text("typ")}");
        }

        if (jwt.Algorithm is null || !PublicJwk.Algorithms.Contains(jwt.Algorithm))
        {
            throw OAuthException.InvalidRequest($"Unsupported DPoP algorithm: {jwt.Algorithm}");
        }

        if (!jwt.Header.TryGetProperty("jwk", out var element) || element.ValueKind != JsonValueKind.Object)
        {
            throw OAuthException.InvalidRequest("No JWK in DPoP header");
        }

        var key = new PublicJwk(element);
        if (key.HasPrivatePart)
        {
            throw OAuthException.InvalidRequest("Private key is present in DPoP header");
        }

        // The wording is Keycloak's, down to the name of its class.
        return key.Thumbprint is not null && key.Verify(jwt.Algorithm, jwt.SignedBytes, jwt.Signature)
            ? key
            : throw OAuthException.InvalidRequest("DPoP verification failure: org.keycloak.exceptions.TokenSignatureInvalidException: Invalid token signature");
    }

    private static void VerifyClaims(RealmRuntime realm, JsonElement claims, string method, string url, string? accessToken)
    {
        if (claims.Text("jti") is not { Length: > 0 } id || claims.Text("htm") is not { } htm || claims.Text("htu") is not { } htu || claims.Number("iat") is not { } issued)
        {
            throw OAuthException.InvalidRequest("DPoP mandatory claims are missing");
        }

        if (htm != method)
        {
            throw OAuthException.InvalidRequest("DPoP HTTP method mismatch");
        }

        if (htu.Split('?', '#')[0] != url)
        {
            throw OAuthException.InvalidRequest("DPoP HTTP URL mismatch");
        }

        var now = realm.Clock.GetUtcNow().ToUnixTimeSeconds();
        if (issued > now + ClockSkew || issued < now - Lifetime - ClockSkew)
        {
            throw OAuthException.InvalidRequest("DPoP proof is not active");
        }

        if (accessToken is not null && claims.Text("ath") != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))))
        {
            throw OAuthException.InvalidRequest("DPoP access token hash mismatch");
        }

        if (!realm.UsedProofs.TryUse($"{id}\n{htu}", TimeSpan.FromSeconds(Lifetime + (2 * ClockSkew) + 1)))
        {
            throw OAuthException.InvalidRequest("DPoP proof has already been used");
        }
    }
}
