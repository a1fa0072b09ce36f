using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>Verifies signatures with a client's public key in JWK form.</summary>
internal sealed class PublicJwk(JsonElement key)
{
    /// <summary>Asymmetric algorithms only: a symmetric one would let a public key serve as the secret.</summary>
    public static readonly IReadOnlySet<string> Algorithms = new HashSet<string>
    {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
    };

    public string? KeyId => key.Text("kid");

    public bool HasPrivatePart => key.TryGetProperty("d", out _) || key.TryGetProperty("k", out _);

    /// <summary>RFC 7638.</summary>
    public string? Thumbprint => (key.Text("kty") switch
    {
        "EC" => $$"""{"crv":"{{key.Text("crv")}}","kty":"EC","x":"{{key.Text("x")}}","y":"{{key.Text("y")}}"}""",
        "RSA" => $$"""{"e":"{{key.Text("e")}}","kty":"RSA","n":"{{key.Text("n")}}"}""",
        _ => null,
    }) is { } members ? Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(members))) : null;

    public bool Verify(string? algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (algorithm is null || !Algorithms.Contains(algorithm))
        {
            return false;
        }

        try
        {
            var hash = new HashAlgorithmName($"SHA{algorithm[2..]}");
            return (key.Text("kty"), algorithm[..2]) switch
            {
                ("EC", "ES") => VerifyEcdsa(algorithm, data, signature, hash),
                ("RSA", "RS") => VerifyRsa(data, signature, hash, RSASignaturePadding.Pkcs1),
                ("RSA", "PS") => VerifyRsa(data, signature, hash, RSASignaturePadding.Pss),
                _ => false,
            };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private bool VerifyEcdsa(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
    {
        var curve = (key.Text("crv"), algorithm) switch
        {
            ("P-256", "ES256") => ECCurve.NamedCurves.nistP256,
            ("P-384", "ES384") => ECCurve.NamedCurves.nistP384,
            ("P-521", "ES512") => ECCurve.NamedCurves.nistP521,
            _ => throw new CryptographicException("curve and algorithm do not match"),
        };
        using var ecdsa = ECDsa.Create(new ECParameters { Curve = curve, Q = { X = Bytes("x"), Y = Bytes("y") } });
        return ecdsa.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private bool VerifyRsa(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes("n"), Exponent = Bytes("e") });
        return rsa.KeySize >= 2048 && rsa.VerifyData(data, signature, hash, padding);
    }

    private byte[] Bytes(string name) => Base64Url.DecodeFromChars(key.Text(name) ?? "");
}
