using System.Buffers.Binary;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>AES Key Wrap as of RFC 3394. .NET has the later one with padding alone (RFC 5649), which writes other bytes.</summary>
internal static class AesKeyWrap
{
    /// <summary>What a wrapped key is longer by.</summary>
    public const int Overhead = Block;

    private const int Block = 8; // a semiblock of RFC 3394
    private const int Rounds = 6;

    private static ReadOnlySpan<byte> InitialValue => [0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6];

    /// <summary>Section 2.2.1, with an index.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key)
    {
        if (key.Length < 2 * Block || key.Length % Block != 0)
        {
            throw new CryptographicException("The key to wrap is no multiple of 64 bits, or shorter than 128.");
        }

        using var aes = Aes.Create();
        aes.SetKey(wrappingKey);
        var wrapped = new byte[key.Length + Block];
        key.CopyTo(wrapped.AsSpan(Block));
        InitialValue.CopyTo(wrapped);
        Span<byte> input = stackalloc byte[2 * Block];
        Span<byte> output = stackalloc byte[2 * Block];
        var count = key.Length / Block;
        for (var step = 1; step <= Rounds * count; step++)
        {
            var part = wrapped.AsSpan(((step - 1) % count + 1) * Block, Block);
            wrapped.AsSpan(0, Block).CopyTo(input);
            part.CopyTo(input[Block..]);
            aes.EncryptEcb(input, output, PaddingMode.None);
            BinaryPrimitives.WriteUInt64BigEndian(wrapped, BinaryPrimitives.ReadUInt64BigEndian(output) ^ (ulong)step);
            output[Block..].CopyTo(part);
        }

        CryptographicOperations.ZeroMemory(input);
        return wrapped;
    }

    /// <summary>Section 2.2.2, with an index. Null: it was not wrapped with this key, or was changed.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < 3 * Block || wrapped.Length % Block != 0)
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.SetKey(wrappingKey);
        var key = wrapped[Block..].ToArray();
        Span<byte> register = stackalloc byte[Block];
        wrapped[..Block].CopyTo(register);
        Span<byte> input = stackalloc byte[2 * Block];
        Span<byte> output = stackalloc byte[2 * Block];
        var count = key.Length / Block;
        for (var step = Rounds * count; step >= 1; step--)
        {
            var part = key.AsSpan((step - 1) % count * Block, Block);
            BinaryPrimitives.WriteUInt64BigEndian(input, BinaryPrimitives.ReadUInt64BigEndian(register) ^ (ulong)step);
            part.CopyTo(input[Block..]);
            aes.DecryptEcb(input, output, PaddingMode.None);
            output[..Block].CopyTo(register);
            output[Block..].CopyTo(part);
        }

        CryptographicOperations.ZeroMemory(output);
        if (CryptographicOperations.FixedTimeEquals(register, InitialValue))
        {
            return key;
        }

        CryptographicOperations.ZeroMemory(key);
        return null;
    }
}
