using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>A set in a file, read again when the file is another one. One that cannot be used leaves the keys as they are.</summary>
internal sealed partial class KeySetFile(string path, ILogger logger) : IKeySet
{
    public const int MaxLength = 1024 * 1024;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private Dictionary<string, WrappingKey> _keys = [];
    private (DateTime Written, long Length) _stamp;

    /// <summary>Reads it for the first time. Throws <see cref="IOException"/> or <see cref="KeyException"/>.</summary>
    public async Task ReadAsync()
    {
        var stamp = Stamp();
        var content = await KeyFile.ReadAsync(path, MaxLength, CancellationToken.None); // others wait for it, if its caller does not
        try
        {
            (_keys, _stamp) = (JsonWebKeys.ReadSet(content), stamp);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    public async ValueTask<WrappingKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (Stamp() is var stamp && stamp != _stamp)
            {
                _stamp = stamp; // said once, not at each call
                await ReadAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or KeyException or UnauthorizedAccessException)
        {
            Log.NotRead(logger, path, exception.Message);
        }
        finally
        {
            _reading.Release();
        }

        return _keys.GetValueOrDefault(id)?.Copy();
    }

    /// <summary>A call that came before may still be using what it has.</summary>
    public void Dispose()
    {
    }

    private (DateTime Written, long Length) Stamp()
        => new FileInfo(path) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : default;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The key set in {Path} cannot be read, the earlier keys stay: {Reason}")]
        public static partial void NotRead(ILogger logger, string path, string reason);
    }
}
