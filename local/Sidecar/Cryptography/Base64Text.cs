using System.Buffers;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>Base64 of either alphabet, with or without padding, as Go reads it: without copies of it as text, which nobody could clear.</summary>
internal static class Base64Text
{
    private static ReadOnlySpan<byte> Standard => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    private static ReadOnlySpan<byte> Url => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8;

    /// <summary>Null: it is none.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var trimmed = text.TrimEnd("\n="u8);
        return Decode(trimmed, Standard) ?? Decode(trimmed, Url);
    }

    private static byte[]? Decode(ReadOnlySpan<byte> text, ReadOnlySpan<byte> alphabet)
    {
        var decoded = ArrayPool<byte>.Shared.Rent(text.Length + 1);
        try
        {
            var (length, bits, waiting) = (0, 0, 0);
            foreach (var character in text)
            {
                if (character is (byte)'\r' or (byte)'\n')
                {
                    continue;
                }

                var value = alphabet.IndexOf(character);
                if (value < 0)
                {
                    return null;
                }

                bits = (bits << 6) | value;
                waiting += 6;
                if (waiting >= 8)
                {
                    waiting -= 8;
                    decoded[length++] = (byte)(bits >> waiting);
                    bits &= (1 << waiting) - 1;
                }
            }

            return waiting == 6 ? null : decoded[..length]; // a single character is no byte
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }
}
