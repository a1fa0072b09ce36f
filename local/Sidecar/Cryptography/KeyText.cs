using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>Reads what is in a key file, as Dapr does: a JSON Web Key, PEM, or a symmetric key, as it is or in base64.</summary>
internal static class KeyText
{
    /// <param name="content">Of the file.</param>
    /// <param name="extension">Of the file's name; .json and .pem say what it is.</param>
    public static WrappingKey Read(ReadOnlyMemory<byte> content, string extension)
    {
        var bytes = content.Span;
        if (bytes.IsEmpty)
        {
            throw new KeyException("key is empty");
        }

        // A symmetric key may begin with any byte, also with a brace.
        var isJson = extension.Equals(".json", StringComparison.OrdinalIgnoreCase) || (bytes[0] == '{' && bytes.Length is not (16 or 24 or 32));
        if (extension.Equals(".pem", StringComparison.OrdinalIgnoreCase) || (!isJson && bytes.Length > 10 && bytes.StartsWith("-----"u8)))
        {
            return ReadPem(bytes);
        }

        return isJson ? JsonWebKeys.ReadKey(content)
            : (Base64Text.Decode(bytes) ?? bytes.ToArray()) is { Length: > 0 } key ? WrappingKey.OfBytes(key, KeyUse.Any)
            : throw new KeyException("key is empty");
    }

    private static WrappingKey ReadPem(ReadOnlySpan<byte> bytes)
    {
        var text = new char[Encoding.Latin1.GetCharCount(bytes)];
        try
        {
            Encoding.Latin1.GetChars(bytes, text);
            using var rsa = PemEncoding.TryFind(text, out var found) && text.AsSpan()[found.Label] is "CERTIFICATE" ? OfCertificate(text) : OfKey(text);
            return WrappingKey.OfRsa(Parameters(rsa), KeyUse.Any);
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            throw new KeyException("it is no RSA key or certificate in PEM, or is encrypted");
        }
        finally
        {
            text.AsSpan().Clear();
        }
    }

    private static RSA OfKey(ReadOnlySpan<char> text)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(text);
            return rsa;
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private static RSA OfCertificate(ReadOnlySpan<char> text)
    {
        using var certificate = X509Certificate2.CreateFromPem(text);
        return certificate.GetRSAPublicKey() ?? throw new CryptographicException("The certificate has no RSA key.");
    }

    private static RSAParameters Parameters(RSA rsa)
    {
        try
        {
            return rsa.ExportParameters(includePrivateParameters: true);
        }
        catch (CryptographicException)
        {
            return rsa.ExportParameters(includePrivateParameters: false); // it has none
        }
    }
}
