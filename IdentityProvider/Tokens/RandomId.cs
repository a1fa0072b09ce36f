using System.Buffers.Text;
using System.Security.Cryptography;

namespace McpAspire.IdentityProvider.Tokens;

/// <summary>Unguessable identifiers in the shapes Keycloak gives them.</summary>
internal static class RandomId
{
    /// <summary>A random UUID from the system's cryptographic generator.</summary>
    public static string Uuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>24 base64url characters: session ids.</summary>
    public static string Session() => Base64Url(18);

    public static string Base64Url(int bytes)
    {
        Span<byte> random = stackalloc byte[bytes];
        RandomNumberGenerator.Fill(random);
        return System.Buffers.Text.Base64Url.EncodeToString(random);
    }
}
