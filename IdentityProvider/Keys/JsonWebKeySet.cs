using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Keys;

/// <summary>The public keys as Keycloak publishes them.</summary>
internal static class JsonWebKeySet
{
    public static JsonObject Create(RealmKeys keys)
        => new() { ["keys"] = new JsonArray([Describe(keys.Encryption, "enc"), .. keys.Verification.Select(key => Describe(key, "sig"))]) };

    private static JsonNode Describe(RsaKey key, string use) => new JsonObject
    {
        ["kid"] = key.Id,
        ["kty"] = "RSA",
        ["alg"] = key.Algorithm,
        ["use"] = use,
        ["x5c"] = new JsonArray(Convert.ToBase64String(key.Certificate)),
        ["x5t"] = Base64Url.EncodeToString(SHA1.HashData(key.Certificate)),
        ["x5t#S256"] = Base64Url.EncodeToString(SHA256.HashData(key.Certificate)),
        ["n"] = key.Modulus,
        ["e"] = key.Exponent,
    };
}
