using System.Globalization;
using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Reads HTTP/1.1 from a stream byte for byte, so that tests see exactly what was on the wire.</summary>
internal sealed class RawReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return line.Length == 0 ? null : line.ToString();
            }

            var character = (char)_buffer[_start++];
            if (character == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(character);
        }
    }

    public async Task<List<Header>?> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        var headers = new List<Header>();
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line is null)
            {
                return null;
            }

            if (line.Length == 0)
            {
                return headers;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new Header(line[..colon], line[(colon + 1)..].Trim()));
        }
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes, or fewer when the other end closes before.</summary>
    public async Task<byte[]> ReadAsync(long count, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        while (bytes.Length < count)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                break;
            }

            var take = (int)Math.Min(count - bytes.Length, _end - _start);
            bytes.Write(_buffer, _start, take);
            _start += take;
        }

        return bytes.ToArray();
    }

    /// <summary>A chunked body; complete is false when it ended without its last chunk.</summary>
    public async Task<(byte[] Body, bool Complete)> ReadChunkedAsync(Action<byte[]>? onChunk, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line is null || !long.TryParse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length))
            {
                return (body.ToArray(), false);
            }

            if (length == 0)
            {
                while (await ReadLineAsync(cancellationToken) is { Length: > 0 })
                {
                    // trailers
                }

                return (body.ToArray(), true);
            }

            var chunk = await ReadAsync(length, cancellationToken);
            body.Write(chunk);
            onChunk?.Invoke(chunk);
            if (chunk.Length < length || await ReadLineAsync(cancellationToken) is null)
            {
                return (body.ToArray(), false);
            }
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        try
        {
            _end = await stream.ReadAsync(_buffer, cancellationToken);
        }
        catch (IOException)
        {
            _end = 0;
        }

        return _end > 0;
    }
}
