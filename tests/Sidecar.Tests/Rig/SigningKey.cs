using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>A provider's RSA key, and tokens signed with it: good ones and any kind of bad one.</summary>
internal sealed class SigningKey(string id) : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);

    public string Id => id;

    public byte[] Modulus => _rsa.ExportParameters(false).Modulus!;

    /// <summary>The <c>x5c</c> of its JWK: none unless a test gives one.</summary>
    public byte[]? Certificate { get; set; }

    public string PublicPem => _rsa.ExportSubjectPublicKeyInfoPem();

    public JsonObject ToJwk(string? algorithm = "RS256")
    {
        var parameters = _rsa.ExportParameters(includePrivateParameters: false);
        var jwk = new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = id,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
        if (algorithm is not null)
        {
            jwk["alg"] = algorithm;
        }

        if (Certificate is not null)
        {
            jwk["x5c"] = new JsonArray(Convert.ToBase64String(Certificate));
        }

        return jwk;
    }

    public byte[] SelfSign()
    {
        var request = new CertificateRequest($"CN={id}", _rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.RawData;
    }

    public string Sign(JsonObject payload, string algorithm = "RS256", string? kid = "", IEnumerable<KeyValuePair<string, JsonNode?>>? more = null)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (kid is not null)
        {
            header["kid"] = kid.Length == 0 ? id : kid;
        }

        foreach (var (name, value) in more ?? [])
        {
            header[name] = value;
        }

        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(Signature(Encoding.ASCII.GetBytes(signed), algorithm))}";
    }

    public void Dispose() => _rsa.Dispose();

    private byte[] Signature(byte[] data, string algorithm) => algorithm switch
    {
        "none" => [],
        "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(PublicPem), data),
        "HS256-modulus" => HMACSHA256.HashData(Modulus, data),
        "RS512" => _rsa.SignData(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        "PS256" => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
    };

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
