using System.Buffers.Text;
using System.Security.Cryptography;

namespace McpAspire.IdentityProvider.Keys;

/// <summary>The HS512 key for refresh tokens and cookies; it never leaves this provider.</summary>
internal sealed class HmacKey(byte[] secret) : IJwtKey
{
    public byte[] Secret { get; } = secret;

    public string Id { get; } = Base64Url.EncodeToString(SHA256.HashData(secret).AsSpan(0, 16));

    public string Algorithm => "HS512";

    public int SignatureSize => HMACSHA512.HashSizeInBytes;

    public int Sign(ReadOnlySpan<byte> data, Span<byte> signature) => HMACSHA512.HashData(Secret, data, signature);

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
        => CryptographicOperations.FixedTimeEquals(HMACSHA512.HashData(Secret, data), signature);
}
