using System.Buffers;
using System.Text.Json;
using McpAspire.Sidecar.Api;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>What a document says of itself.</summary>
/// <param name="KeyName">Of the key to unwrap with; empty: whoever decrypts knows it.</param>
/// <param name="Algorithm">What its key is wrapped by.</param>
/// <param name="WrappedKey">Its key.</param>
/// <param name="Cipher">Of its segments.</param>
/// <param name="NoncePrefix">Of each segment's nonce.</param>
internal sealed record Manifest(string KeyName, KeyWrapAlgorithm Algorithm, byte[] WrappedKey, DataCipher Cipher, byte[] NoncePrefix)
{
    /// <summary>In one line.</summary>
    public ReadOnlySpan<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, DaprJson.Options))
        {
            writer.WriteStartObject();
            if (KeyName.Length > 0)
            {
                writer.WriteString("k", KeyName);
            }

            writer.WriteNumber("kw", (int)Algorithm);
            writer.WriteBase64String("wfk", WrappedKey);
            writer.WriteNumber("cph", (int)Cipher);
            writer.WriteBase64String("np", NoncePrefix);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    /// <summary>Null: it is none that can be used.</summary>
    public static Manifest? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var found = ReadFields(json);
            return Enum.IsDefined(found.Algorithm) && Enum.IsDefined(found.Cipher) && found is { WrappedKey.Length: > 0, NoncePrefix.Length: FileKey.NoncePrefixLength } ? found : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static Manifest ReadFields(ReadOnlySpan<byte> json)
    {
        var found = new Manifest(string.Empty, default, [], default, []);
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString();
            reader.Read();
            switch (field)
            {
                case "k":
                    found = found with { KeyName = reader.GetString() ?? string.Empty };
                    break;
                case "kw":
                    found = found with { Algorithm = (KeyWrapAlgorithm)reader.GetInt32() };
                    break;
                case "wfk":
                    found = found with { WrappedKey = reader.GetBytesFromBase64() };
                    break;
                case "cph":
                    found = found with { Cipher = (DataCipher)reader.GetInt32() };
                    break;
                case "np":
                    found = found with { NoncePrefix = reader.GetBytesFromBase64() };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return reader.Read() ? throw new JsonException() : found;
    }
}
