using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>
/// Encrypts and decrypts for the API, over HTTP or gRPC, segment by segment: each part is good until the next is asked for. Throws
/// <see cref="CryptoException"/>.
/// </summary>
internal sealed partial class DocumentCryptography(SidecarMetrics metrics, ILoggerFactory loggers)
{
    private const int SealedSize = SegmentReader.Size + FileKey.TagLength;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EncryptAsync(RuntimeSnapshot runtime, string component, EncryptionOptions options, Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var provider = Find(runtime, component);
        var (header, key) = await BeginAsync(provider, component, options, cancellationToken);
        using (key)
        {
            yield return header;
            using var segments = new SegmentReader(input, SegmentReader.Size);
            var output = ArrayPool<byte>.Shared.Rent(SealedSize);
            try
            {
                while (await segments.ReadAsync(cancellationToken))
                {
                    key.Seal(segments.Segment.Span, output, segments.Number, segments.IsLast);
                    yield return output.AsMemory(0, segments.Segment.Length + FileKey.TagLength);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(output);
            }
        }
    }

    /// <summary>Nothing leaves before the header was found to be signed, and nothing of a segment before its tag held.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> DecryptAsync(RuntimeSnapshot runtime, string component, string keyName, Stream document, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var provider = Find(runtime, component);
        var header = await DocumentHeader.ReadAsync(document, cancellationToken);
        using var key = await KeyOfAsync(provider, component, keyName.Length > 0 ? keyName : header.Manifest.KeyName, header, cancellationToken);
        using var segments = new SegmentReader(new PrefixedStream(header.Rest, document), SealedSize);
        var output = ArrayPool<byte>.Shared.Rent(SealedSize);
        try
        {
            while (await segments.ReadAsync(cancellationToken))
            {
                if (!key.TryOpen(segments.Segment.Span, output, segments.Number, segments.IsLast))
                {
                    throw CryptoException.Failed($"error processing segment {segments.Number}: failed to decrypt segment");
                }

                yield return output.AsMemory(0, segments.Segment.Length - FileKey.TagLength);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(output, clearArray: true);
        }
    }

    /// <summary>Throws when there is no such component.</summary>
    public static void Check(RuntimeSnapshot runtime, string component) => Find(runtime, component);

    private static ICryptoProvider Find(RuntimeSnapshot runtime, string component)
        => runtime.Embedded.Find<ICryptoProvider>(component)
           ?? throw (!runtime.Embedded.All<ICryptoProvider>().Any() ? CryptoException.NotConfigured()
               : component.Length == 0 ? CryptoException.BadRequest("missing component name")
               : CryptoException.NotFound(component));

    private async Task<(byte[] Header, FileKey Key)> BeginAsync(ICryptoProvider provider, string component, EncryptionOptions options, CancellationToken cancellationToken)
    {
        var algorithm = KeyWrapAlgorithms.Named(options.Algorithm.ToUpperInvariant())
            ?? throw CryptoException.Failed($"option Algorithm is not valid: algorithm {options.Algorithm.ToUpperInvariant()} is not supported");
        var cipher = options.Cipher.Length == 0 ? DataCipher.AesGcm : DataCiphers.Named(options.Cipher.ToUpperInvariant())
            ?? throw CryptoException.Failed($"option Cipher is not valid: cipher {options.Cipher.ToUpperInvariant()} is not supported");
        var keyBytes = RandomNumberGenerator.GetBytes(FileKey.Length);
        var noncePrefix = RandomNumberGenerator.GetBytes(FileKey.NoncePrefixLength);
        FileKey? key = null;
        try
        {
            var wrapped = await UseAsync(provider, component, options.KeyName, wrapping => wrapping.Wrap(keyBytes, algorithm), cancellationToken);
            var keyName = options.OmitsKeyName ? string.Empty : options.DecryptionKeyName.Length > 0 ? options.DecryptionKeyName : options.KeyName;
            key = new FileKey(keyBytes, noncePrefix, cipher);
            return (DocumentHeader.Write(new Manifest(keyName, algorithm, wrapped, cipher, noncePrefix), key), key);
        }
        catch (KeyException problem)
        {
            throw CryptoException.Failed($"failed to wrap the file key: {problem.Message}");
        }
        catch
        {
            key?.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyBytes);
        }
    }

    private async Task<FileKey> KeyOfAsync(ICryptoProvider provider, string component, string keyName, DocumentHeader header, CancellationToken cancellationToken)
    {
        if (keyName.Length == 0)
        {
            throw CryptoException.Failed("document's manifest does not contain a key name, and no key name was provided");
        }

        var manifest = header.Manifest;
        var keyBytes = await UnwrapAsync(provider, component, keyName, manifest, cancellationToken);
        var key = new FileKey(keyBytes, manifest.NoncePrefix, manifest.Cipher);
        CryptographicOperations.ZeroMemory(keyBytes);
        if (header.IsSignedWith(key))
        {
            return key;
        }

        key.Dispose();
        throw CryptoException.Failed("failed to validate the document's signature");
    }

    /// <summary>
    /// A key that cannot be had, or does not fit, is answered as a signature that does not: a caller must not learn which keys there
    /// are. A random key stands in for it. (daprd takes one of zeros, with which anybody can sign a document that it then takes for good.)
    /// </summary>
    private async Task<byte[]> UnwrapAsync(ICryptoProvider provider, string component, string keyName, Manifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            var unwrapped = await UseAsync(provider, component, keyName, key => key.Unwrap(manifest.WrappedKey, manifest.Algorithm), cancellationToken);
            if (unwrapped.Length == FileKey.Length)
            {
                return unwrapped;
            }

            Log.NotUnwrapped(loggers.CreateLogger<DocumentCryptography>(), component, keyName, $"it has {unwrapped.Length} bytes");
        }
        catch (KeyException problem)
        {
            Log.NotUnwrapped(loggers.CreateLogger<DocumentCryptography>(), component, keyName, problem.Message);
        }

        return RandomNumberGenerator.GetBytes(FileKey.Length);
    }

    private async Task<byte[]> UseAsync(ICryptoProvider provider, string component, string keyName, Func<WrappingKey, byte[]> use, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var isDone = false;
        try
        {
            using var key = await FindAsync(provider, keyName, cancellationToken);
            var result = use(key);
            isDone = true;
            return result;
        }
        finally
        {
            if (metrics.IsEnabled)
            {
                metrics.Components.CryptoUsed(component, isDone, Stopwatch.GetElapsedTime(started));
            }
        }
    }

    private static async Task<WrappingKey> FindAsync(ICryptoProvider provider, string keyName, CancellationToken cancellationToken)
    {
        try
        {
            return await provider.FindAsync(keyName, cancellationToken);
        }
        catch (KeyException problem)
        {
            throw new KeyException($"failed to retrieve the key encryption key: {problem.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The key of a document cannot be unwrapped by {Component} with its key {Key}: {Reason}")]
        public static partial void NotUnwrapped(ILogger logger, string component, string key, string reason);
    }
}
