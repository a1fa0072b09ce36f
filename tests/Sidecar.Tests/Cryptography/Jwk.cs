using System.Security.Cryptography;

namespace McpAspire.Sidecar.Tests.Cryptography;

/// <summary>Writes JSON Web Keys.</summary>
internal static class Jwk
{
    public static string Of(RSAParameters key, string more = "")
        => $$"""{"kty":"RSA"{{more}},"n":"{{Number(key.Modulus!)}}","e":"{{Number(key.Exponent!)}}"{{(key.D is null ? "" : $$""","d":"{{Number(key.D)}}","p":"{{Number(key.P!)}}","q":"{{Number(key.Q!)}}","dp":"{{Number(key.DP!)}}","dq":"{{Number(key.DQ!)}}","qi":"{{Number(key.InverseQ!)}}" """)}}}""";

    public static string Of(byte[] key, string more = "") => $$"""{"kty":"oct"{{more}},"k":"{{Encode(key)}}"}""";

    public static string Set(params string[] keys) => $$"""{"keys":[{{string.Join(',', keys)}}]}""";

    /// <summary>Without leading zeros: RFC 7518, section 2.</summary>
    private static string Number(byte[] bytes) => Encode(bytes.AsSpan().TrimStart((byte)0).ToArray());

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
