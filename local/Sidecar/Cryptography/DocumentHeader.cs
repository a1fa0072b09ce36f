using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>
/// The header of a document in Dapr's format (<c>dapr.io/enc/v1</c>, described in dapr/kit under schemes/enc/v1): three lines, the
/// name of the format, a manifest and the signature of these two in base64.
/// </summary>
internal sealed class DocumentHeader
{
    /// <summary>All three lines.</summary>
    private const int MaxLength = SegmentReader.Size;

    private const byte LineEnd = (byte)'\n';

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private DocumentHeader(byte[] signed, byte[] signature, Manifest manifest, byte[] rest)
        => (_signed, _signature, Manifest, Rest) = (signed, signature, manifest, rest);

    private static ReadOnlySpan<byte> Scheme => "dapr.io/enc/v1"u8;

    /// <summary>Not to be believed before <see cref="IsSignedWith"/>.</summary>
    public Manifest Manifest { get; }

    /// <summary>What was read behind it.</summary>
    public byte[] Rest { get; }

    public static byte[] Write(Manifest manifest, FileKey key)
    {
        var json = manifest.ToJson();
        var signed = Scheme.Length + 1 + json.Length + 1;
        var header = new byte[signed + Base64.GetMaxEncodedToUtf8Length(HMACSHA256.HashSizeInBytes) + 1];
        if (header.Length > MaxLength)
        {
            throw CryptoException.Failed("failed to sign header: header is too long");
        }

        Scheme.CopyTo(header);
        json.CopyTo(header.AsSpan(Scheme.Length + 1));
        header[Scheme.Length] = header[signed - 1] = header[^1] = LineEnd;
        Base64.EncodeToUtf8(key.Sign(header.AsSpan(0, signed)), header.AsSpan(signed), out _, out _);
        return header;
    }

    public static async Task<DocumentHeader> ReadAsync(Stream document, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxLength);
        try
        {
            var (length, lines, line) = (0, new int[3], 0);
            while (line < lines.Length && length < MaxLength && await document.ReadAsync(buffer.AsMemory(length, MaxLength - length), cancellationToken) is > 0 and var read)
            {
                var next = length;
                length += read;
                while (line < lines.Length && buffer.AsSpan(next, length - next).IndexOf(LineEnd) is >= 0 and var end)
                {
                    lines[line] = next + end;
                    next = lines[line] + 1;
                    Check(buffer, lines, line++);
                }
            }

            return line < lines.Length
                ? throw Invalid(line switch { 0 => "scheme name not found", 1 => "manifest not found", _ => "message authentication code not found" })
                : Parse(buffer.AsSpan(0, length), lines);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public bool IsSignedWith(FileKey key) => CryptographicOperations.FixedTimeEquals(key.Sign(_signed), _signature);

    private static void Check(ReadOnlySpan<byte> buffer, int[] ends, int line)
    {
        var start = line == 0 ? 0 : ends[line - 1] + 1;
        if (ends[line] == start)
        {
            throw Invalid("invalid format");
        }

        if (line == 0 && !buffer[..ends[0]].SequenceEqual(Scheme))
        {
            throw Invalid("unsupported scheme");
        }
    }

    private static DocumentHeader Parse(ReadOnlySpan<byte> bytes, int[] ends)
    {
        var manifest = Manifest.Read(bytes[(ends[0] + 1)..ends[1]]) ?? throw Invalid("invalid manifest");
        var encoded = bytes[(ends[1] + 1)..ends[2]];
        var signature = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (Base64.DecodeFromUtf8(encoded, signature, out _, out var length) != OperationStatus.Done)
        {
            throw CryptoException.Failed("failed to decode header's signature");
        }

        return new DocumentHeader(bytes[..(ends[1] + 1)].ToArray(), signature[..length], manifest, bytes[(ends[2] + 1)..].ToArray());
    }

    private static CryptoException Invalid(string reason) => CryptoException.Failed($"invalid header: {reason}");
}
