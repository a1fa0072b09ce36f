using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace McpAspire.IdentityProvider.Keys;

/// <summary>An RSA key with its self-signed certificate.</summary>
internal sealed class RsaKey : IJwtKey
{
    private readonly RSAParameters _parameters;

    // An RSA instance is not documented as safe for concurrent use, and making one costs more than a signature.
    private readonly ConcurrentBag<RSA> _idle = [];

    public RsaKey(RSA rsa, byte[] certificate, string algorithm)
    {
        Algorithm = algorithm;
        Certificate = certificate;
        _parameters = rsa.ExportParameters(includePrivateParameters: true);
        PublicKey = rsa.ExportSubjectPublicKeyInfo();
        Modulus = Base64Url.EncodeToString(_parameters.Modulus);
        Exponent = Base64Url.EncodeToString(_parameters.Exponent);
        Id = Base64Url.EncodeToString(SHA256.HashData(PublicKey));
        _idle.Add(rsa);
    }

    public string Id { get; }

    public string Algorithm { get; }

    public byte[] Certificate { get; }

    public byte[] PublicKey { get; }

    public string Modulus { get; }

    public string Exponent { get; }

    public int SignatureSize => _parameters.Modulus!.Length;

    /// <summary>Makes a key pair now: without a use of it, .NET would leave the work for later.</summary>
    public static RSA Generate()
    {
        var rsa = RSA.Create(2048);
        rsa.ExportParameters(includePrivateParameters: false);
        return rsa;
    }

    public static RsaKey Create(string realm, string algorithm, X509KeyUsageFlags usage, DateTimeOffset now, RSA pair)
    {
        var request = new CertificateRequest($"CN={realm}", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: false));
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-2), now.AddYears(10));
        return new RsaKey(pair, certificate.RawData, algorithm);
    }

    public byte[] ExportPrivateKey() => Use(rsa => rsa.ExportPkcs8PrivateKey());

    public int Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        var rsa = Take();
        try
        {
            return rsa.SignData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            _idle.Add(rsa);
        }
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var rsa = Take();
        try
        {
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            _idle.Add(rsa);
        }
    }

    private T Use<T>(Func<RSA, T> work)
    {
        var rsa = Take();
        try
        {
            return work(rsa);
        }
        finally
        {
            _idle.Add(rsa);
        }
    }

    private RSA Take() => _idle.TryTake(out var rsa) ? rsa : RSA.Create(_parameters);
}
