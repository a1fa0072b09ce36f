using Microsoft.IdentityModel.Tokens;

namespace McpAspire.Sidecar.Middleware.Bearer;

/// <summary>The provider's keys at one moment, by kid, each with the one algorithm it may be used with.</summary>
internal sealed class SigningKeys
{
    private readonly Dictionary<string, (SecurityKey Key, string Algorithm)> _byId = new(StringComparer.Ordinal);

    public SigningKeys(string json)
    {
        foreach (var key in new JsonWebKeySet(json).Keys)
        {
            // The key is its n and e, or x and y: a certificate beside them (RFC 7517 §4.7) need not be of the same key, and .NET would prefer it.
            key.X5c.Clear();
            if (key.Kid is { Length: > 0 } && (key.Use is null or "" or "sig") && AlgorithmOf(key) is { } algorithm && !key.HasPrivateKey)
            {
                _byId[key.Kid] = (key, algorithm);
            }
        }
    }

    public int Count => _byId.Count;

    public bool TryGet(string kid, out SecurityKey key, out string algorithm)
    {
        var found = _byId.TryGetValue(kid, out var entry);
        (key, algorithm) = entry;
        return found;
    }

    /// <summary>Public-key algorithms only: a symmetric key in a public document is no key.</summary>
    private static string? AlgorithmOf(JsonWebKey key) => (key.Kty, key.Alg, key.Crv) switch
    {
        ("RSA", null or "", _) => SecurityAlgorithms.RsaSha256,
        ("RSA", "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512", _) => key.Alg,
        ("EC", null or "" or "ES256", "P-256") => SecurityAlgorithms.EcdsaSha256,
        ("EC", null or "" or "ES384", "P-384") => SecurityAlgorithms.EcdsaSha384,
        ("EC", null or "" or "ES512", "P-521") => SecurityAlgorithms.EcdsaSha512,
        _ => null,
    };
}
