using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>Reads JSON Web Keys and sets of them (RFC 7517, RFC 7518 section 6). A <see cref="KeyException"/> says what is wrong, without its values.</summary>
internal static class JsonWebKeys
{
    public static WrappingKey ReadKey(ReadOnlyMemory<byte> json)
        => Read(json, jwk => Key(jwk) ?? throw new KeyException("'kty' is none of oct, RSA, EC and OKP"));

    /// <summary>Keys by their <c>kid</c>; of two with the same one the first. A single key is a set of one.</summary>
    public static Dictionary<string, WrappingKey> ReadSet(ReadOnlyMemory<byte> json) => Read(json, Keys);

    private static T Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : throw new KeyException("it is no JSON object");
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // A string that is no text is not found before it is asked for. The exception's own text may quote it.
            throw new KeyException("it is no JSON");
        }
    }

    private static Dictionary<string, WrappingKey> Keys(JsonElement root)
    {
        var keys = new Dictionary<string, WrappingKey>(StringComparer.Ordinal);
        if (!root.TryGetProperty("keys", out var members))
        {
            Add(keys, root);
            return keys;
        }

        if (members.ValueKind != JsonValueKind.Array)
        {
            throw new KeyException("'keys' is no array");
        }

        foreach (var member in members.EnumerateArray())
        {
            Add(keys, member);
        }

        return keys;
    }

    /// <summary>What has another <c>kty</c> than we know is left out, as RFC 7517 section 5 asks.</summary>
    private static void Add(Dictionary<string, WrappingKey> keys, JsonElement member)
    {
        if (member.ValueKind != JsonValueKind.Object)
        {
            throw new KeyException("a key is no JSON object");
        }

        if (Key(member) is { } key && Text(member, "kid") is { Length: > 0 } id && !keys.TryAdd(id, key))
        {
            key.Dispose();
        }
    }

    private static WrappingKey? Key(JsonElement jwk)
    {
        var use = new KeyUse(Text(jwk, "use"), Operations(jwk), Text(jwk, "alg"));
        return Text(jwk, "kty") switch
        {
            "oct" => WrappingKey.OfBytes(Bytes(jwk, "k") ?? throw Missing("k"), use),
            "RSA" => WrappingKey.OfRsa(Rsa(jwk), use),
            "EC" or "OKP" => WrappingKey.OfOther(use),
            "" => throw Missing("kty"),
            _ => null,
        };
    }

    private static RSAParameters Rsa(JsonElement jwk)
    {
        var modulus = Bytes(jwk, "n").AsSpan().TrimStart((byte)0).ToArray();
        var exponent = Bytes(jwk, "e") is { Length: > 0 } bytes ? bytes : throw Missing("e");
        if (modulus.Length == 0)
        {
            throw Missing("n");
        }

        if (!jwk.TryGetProperty("d", out _))
        {
            return new RSAParameters { Modulus = modulus, Exponent = exponent };
        }

        // A JSON Web Key has them without leading zeros, RSAParameters with them.
        var half = (modulus.Length + 1) / 2;
        return new RSAParameters
        {
            Modulus = modulus,
            Exponent = exponent,
            D = Padded(jwk, "d", modulus.Length),
            P = Padded(jwk, "p", half),
            Q = Padded(jwk, "q", half),
            DP = Padded(jwk, "dp", half),
            DQ = Padded(jwk, "dq", half),
            InverseQ = Padded(jwk, "qi", half),
        };
    }

    private static byte[] Padded(JsonElement jwk, string name, int length)
    {
        var bytes = Bytes(jwk, name) ?? throw Missing(name);
        var value = bytes.AsSpan().TrimStart((byte)0);
        if (value.Length > length)
        {
            throw new KeyException($"'{name}' is longer than 'n' allows");
        }

        var padded = new byte[length];
        value.CopyTo(padded.AsSpan(length - value.Length));
        CryptographicOperations.ZeroMemory(bytes);
        return padded;
    }

    private static byte[]? Bytes(JsonElement jwk, string name)
    {
        if (!jwk.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return Base64Text.Decode(JsonMarshal.GetRawUtf8Value(value)[1..^1]) ?? throw new KeyException($"'{name}' is no base64url");
    }

    private static string[] Operations(JsonElement jwk)
        => jwk.TryGetProperty("key_ops", out var operations) && operations.ValueKind == JsonValueKind.Array
            ? [.. operations.EnumerateArray().Select(operation => operation.ValueKind == JsonValueKind.String ? operation.GetString()! : string.Empty)]
            : [];

    private static string Text(JsonElement jwk, string name)
        => jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;

    private static KeyException Missing(string name) => new($"'{name}' is missing");
}
