using System.Security.Cryptography;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.State;

/// <summary><c>primaryEncryptionKey</c>: AES-GCM with a key of 16, 24 or 32 bytes in hexadecimal, and a nonce for each value.</summary>
internal sealed class ValueEncryption : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>One operation at a time: the cipher keeps its state in itself.</summary>
    private readonly Lock _lock = new();
    private readonly AesGcm _cipher;

    private ValueEncryption(byte[] key) => _cipher = new AesGcm(key, TagSize);

    /// <summary>Null: the component names no key.</summary>
    public static ValueEncryption? Of(ComponentSettings settings)
    {
        const string Primary = "primaryEncryptionKey";
        _ = Key(settings, "secondaryEncryptionKey"); // for values of an earlier process, which are gone
        return Key(settings, Primary) is { } key ? new ValueEncryption(key) : null;
    }

    public byte[] Encrypt(ReadOnlySpan<byte> value)
    {
        var encrypted = new byte[NonceSize + TagSize + value.Length];
        RandomNumberGenerator.Fill(encrypted.AsSpan(0, NonceSize));
        lock (_lock)
        {
            _cipher.Encrypt(encrypted.AsSpan(0, NonceSize), value, encrypted.AsSpan(NonceSize + TagSize), encrypted.AsSpan(NonceSize, TagSize));
        }

        return encrypted;
    }

    public byte[] Decrypt(ReadOnlySpan<byte> encrypted)
    {
        var value = new byte[encrypted.Length - NonceSize - TagSize];
        lock (_lock)
        {
            _cipher.Decrypt(encrypted[..NonceSize], encrypted[(NonceSize + TagSize)..], encrypted.Slice(NonceSize, TagSize), value);
        }

        return value;
    }

    public void Dispose() => _cipher.Dispose();

    private static byte[]? Key(ComponentSettings settings, string name)
    {
        if (settings.Text(name) is not { } text)
        {
            return null;
        }

        if (!settings.IsSecret(name))
        {
            throw settings.Wrong(name, $"'{name}' of the component '{settings.Component.Name}' stands in the file; take it from a secret store.");
        }

        return text.Length is 32 or 48 or 64 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw settings.Wrong(name, $"'{name}' of the component '{settings.Component.Name}' is no key; allowed are 16, 24 or 32 bytes in hexadecimal.");
    }
}
