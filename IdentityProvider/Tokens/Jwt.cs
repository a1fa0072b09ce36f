using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Keys;

namespace McpAspire.IdentityProvider.Tokens;

/// <summary>Signed tokens in compact form.</summary>
internal static class Jwt
{
    private static readonly ConcurrentDictionary<(string Type, IJwtKey Key), byte[]> Headers = new();

    public static string Sign(JsonObject payload, IJwtKey key, string type = "JWT")
    {
        var header = Headers.GetOrAdd((type, key), static item => EncodeHeader(item.Type, item.Key));
        var json = JsonOutput.Serialize(payload);
        var payloadLength = Base64Url.GetEncodedLength(json.Length);
        var signedLength = header.Length + 1 + payloadLength;
        var total = signedLength + 1 + Base64Url.GetEncodedLength(key.SignatureSize);
        var buffer = ArrayPool<byte>.Shared.Rent(total);
        Span<byte> signature = stackalloc byte[512];
        try
        {
            header.CopyTo(buffer, 0);
            buffer[header.Length] = (byte)'.';
            Base64Url.EncodeToUtf8(json, buffer.AsSpan(header.Length + 1));
            var size = key.Sign(buffer.AsSpan(0, signedLength), signature);
            buffer[signedLength] = (byte)'.';
            Base64Url.EncodeToUtf8(signature[..size], buffer.AsSpan(signedLength + 1));
            return Encoding.ASCII.GetString(buffer, 0, total);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a token without trusting it: for finding the key and for clients' own assertions.</summary>
    public static UnverifiedJwt? Read(string token)
    {
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');
        if (first <= 0 || last <= first || token.AsSpan(first + 1, last - first - 1).Contains('.'))
        {
            return null;
        }

        try
        {
            var header = JsonElement.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, first)));
            var payload = JsonElement.Parse(Base64Url.DecodeFromChars(token.AsSpan(first + 1, last - first - 1)));
            var signature = Base64Url.DecodeFromChars(token.AsSpan(last + 1));
            return header.ValueKind == JsonValueKind.Object && payload.ValueKind == JsonValueKind.Object
                ? new UnverifiedJwt(header, payload, Encoding.ASCII.GetBytes(token, 0, last), signature)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Verifies with a key of ours; the header must name that key and its algorithm.</summary>
    public static JsonElement? Verify(string token, Func<string?, IJwtKey?> findKey)
        => Read(token) is { } jwt
           && findKey(jwt.KeyId) is { } key
           && jwt.Algorithm == key.Algorithm
           && key.Verify(jwt.SignedBytes, jwt.Signature)
            ? jwt.Payload
            : null;

    private static byte[] EncodeHeader(string type, IJwtKey key)
    {
        var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = type, ["kid"] = key.Id };
        return Encoding.ASCII.GetBytes(Base64Url.EncodeToString(JsonOutput.Serialize(header)));
    }
}

/// <summary>A token in parts, nothing of it verified.</summary>
internal sealed record UnverifiedJwt(JsonElement Header, JsonElement Payload, byte[] SignedBytes, byte[] Signature)
{
    public string? KeyId => Header.Text("kid");

    public string? Algorithm => Header.Text("alg");
}
