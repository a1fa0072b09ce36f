using System.Security.Cryptography;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>
/// A key that the keys of documents are wrapped with. It never leaves this class. Once it is disposed it is zeros, with which
/// anybody could unwrap: then it is of no use any more, and a use that is under way is waited for.
/// </summary>
internal sealed class WrappingKey : IDisposable
{
    /// <summary>RFC 7518, section 4.3. What was wrapped with a shorter one can still be unwrapped.</summary>
    private const int MinRsaBits = 2048;

    private const int Aes256Bytes = 32;

    private readonly Lock _lock = new();
    private readonly byte[]? _symmetric;
    private readonly RSAParameters? _rsa;
    private readonly KeyUse _use;
    private bool _isDisposed;

    private WrappingKey(byte[]? symmetric, RSAParameters? rsa, KeyUse use) => (_symmetric, _rsa, _use) = (symmetric, rsa, use);

    public bool IsSecret => _symmetric is not null || _rsa?.D is not null;

    /// <summary>Takes the bytes over.</summary>
    public static WrappingKey OfBytes(byte[] key, KeyUse use) => new(key, null, use);

    public static WrappingKey OfRsa(RSAParameters key, KeyUse use) => new(null, key, use);

    /// <summary>A key that is valid and wraps nothing, such as one of an elliptic curve.</summary>
    public static WrappingKey OfOther(KeyUse use) => new(null, null, use);

    /// <summary>One that can be disposed alone.</summary>
    public WrappingKey Copy()
    {
        lock (_lock)
        {
            CheckThere();
            return new WrappingKey(_symmetric?.ToArray(), _rsa is { } rsa ? Copy(rsa) : null, _use);
        }
    }

    public byte[] Wrap(ReadOnlySpan<byte> key, KeyWrapAlgorithm algorithm)
    {
        _use.Check("wrapKey", algorithm);
        try
        {
            lock (_lock)
            {
                CheckThere();
                return algorithm switch
                {
                    KeyWrapAlgorithm.Aes256KeyWrap => AesKeyWrap.Wrap(Aes256(), key),
                    KeyWrapAlgorithm.RsaOaep256 => WrapByRsa(key),
                    _ => throw new KeyException("failed to encrypt data: unsupported algorithm"),
                };
            }
        }
        catch (CryptographicException)
        {
            throw new KeyException("failed to encrypt data: the key cannot be used");
        }
    }

    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, KeyWrapAlgorithm algorithm)
    {
        _use.Check("unwrapKey", algorithm);
        try
        {
            lock (_lock)
            {
                CheckThere();
                return algorithm switch
                {
                    KeyWrapAlgorithm.Aes256KeyWrap => UnwrapByAes(wrapped),
                    KeyWrapAlgorithm.RsaOaep256 => UnwrapByRsa(wrapped),
                    _ => throw new KeyException("failed to decrypt data: unsupported algorithm"),
                };
            }
        }
        catch (CryptographicException)
        {
            throw NotOfThisKey();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            CryptographicOperations.ZeroMemory(_symmetric);
            if (_rsa is { } rsa)
            {
                Zero(rsa);
            }
        }
    }

    /// <summary>The private parts of a copy that is not needed any more.</summary>
    public static void Zero(RSAParameters rsa)
    {
        foreach (var part in (ReadOnlySpan<byte[]?>)[rsa.D, rsa.P, rsa.Q, rsa.DP, rsa.DQ, rsa.InverseQ])
        {
            CryptographicOperations.ZeroMemory(part);
        }
    }

    private static KeyException NotOfThisKey() => new("failed to decrypt data: it was not wrapped with this key");

    private void CheckThere()
    {
        if (_isDisposed)
        {
            throw new KeyException("the key is not there any more");
        }
    }

    /// <summary>Only what is as long as the wrapped key of a document: a header has room for 64 KiB, which would take 1,500 times as long.</summary>
    private byte[] UnwrapByAes(ReadOnlySpan<byte> wrapped)
        => Aes256() is var key && wrapped.Length == FileKey.Length + AesKeyWrap.Overhead && AesKeyWrap.Unwrap(key, wrapped) is { } unwrapped ? unwrapped : throw NotOfThisKey();

    private byte[] Aes256() => _symmetric is { Length: Aes256Bytes } key
        ? key
        : throw new KeyException($"key type mismatch: A256KW takes a symmetric key of {Aes256Bytes} bytes");

    private byte[] WrapByRsa(ReadOnlySpan<byte> key)
    {
        using var rsa = Rsa();
        return rsa.KeySize >= MinRsaBits
            ? rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256)
            : throw new KeyException($"failed to encrypt data: an RSA key has at least {MinRsaBits} bits, this one {rsa.KeySize}");
    }

    private byte[] UnwrapByRsa(ReadOnlySpan<byte> wrapped)
    {
        using var rsa = Rsa();
        return _rsa?.D is not null
            ? rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256)
            : throw new KeyException("key type mismatch: unwrapping takes a private key");
    }

    private RSA Rsa() => _rsa is { } parameters ? RSA.Create(parameters) : throw new KeyException("key type mismatch: RSA-OAEP-256 takes an RSA key");

    private static RSAParameters Copy(RSAParameters rsa) => new()
    {
        Modulus = rsa.Modulus?.ToArray(),
        Exponent = rsa.Exponent?.ToArray(),
        D = rsa.D?.ToArray(),
        P = rsa.P?.ToArray(),
        Q = rsa.Q?.ToArray(),
        DP = rsa.DP?.ToArray(),
        DQ = rsa.DQ?.ToArray(),
        InverseQ = rsa.InverseQ?.ToArray(),
    };
}
