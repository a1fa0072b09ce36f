using System.Buffers.Binary;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>
/// The key of one document, as the keys that are derived from it (HKDF, RFC 5869): one that its header is signed with, one for its
/// segments. Each segment has a nonce of its own, which holds its place, and whether it is the last one: so none can be left out,
/// moved or added.
/// </summary>
internal sealed class FileKey : IDisposable
{
    public const int Length = 32;
    public const int NoncePrefixLength = 7;
    public const int TagLength = 16;

    private const int NonceLength = 12;

    private readonly byte[] _headerKey = new byte[Length];
    private readonly byte[] _nonce = new byte[NonceLength];
    private readonly AesGcm? _gcm;
    private readonly ChaCha20Poly1305? _chacha;

    public FileKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> noncePrefix, DataCipher cipher)
    {
        noncePrefix.CopyTo(_nonce);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, _headerKey, [], "header"u8);
        Span<byte> payloadKey = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, payloadKey, noncePrefix, "payload"u8);
        if (cipher == DataCipher.AesGcm)
        {
            _gcm = new AesGcm(payloadKey, TagLength);
        }
        else
        {
            _chacha = ChaCha20Poly1305.IsSupported ? new ChaCha20Poly1305(payloadKey) : throw CryptoException.Failed("this system has no ChaCha20-Poly1305");
        }

        CryptographicOperations.ZeroMemory(payloadKey);
    }

    /// <summary>HMAC-SHA-256 of the first two lines of a header.</summary>
    public byte[] Sign(ReadOnlySpan<byte> header) => HMACSHA256.HashData(_headerKey, header);

    /// <param name="segment">Not empty.</param>
    /// <param name="sealedSegment">Longer than it by a tag.</param>
    /// <param name="number">From 0.</param>
    /// <param name="isLast">Nothing follows it.</param>
    public void Seal(ReadOnlySpan<byte> segment, Span<byte> sealedSegment, uint number, bool isLast)
    {
        SetNonce(number, isLast);
        var text = sealedSegment[..segment.Length];
        var tag = sealedSegment.Slice(segment.Length, TagLength);
        if (_gcm is not null)
        {
            _gcm.Encrypt(_nonce, segment, text, tag);
        }
        else
        {
            _chacha!.Encrypt(_nonce, segment, text, tag);
        }
    }

    /// <summary>False: it is not what was sealed, or stood elsewhere. There is nothing in <paramref name="segment"/> then.</summary>
    public bool TryOpen(ReadOnlySpan<byte> sealedSegment, Span<byte> segment, uint number, bool isLast)
    {
        if (sealedSegment.Length < TagLength)
        {
            return false;
        }

        SetNonce(number, isLast);
        var text = sealedSegment[..^TagLength];
        var tag = sealedSegment[^TagLength..];
        try
        {
            if (_gcm is not null)
            {
                _gcm.Decrypt(_nonce, text, tag, segment[..text.Length]);
            }
            else
            {
                _chacha!.Decrypt(_nonce, text, tag, segment[..text.Length]);
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_headerKey);
        _gcm?.Dispose();
        _chacha?.Dispose();
    }

    private void SetNonce(uint number, bool isLast)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_nonce.AsSpan(NoncePrefixLength), number);
        _nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}
