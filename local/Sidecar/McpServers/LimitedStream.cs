namespace McpAspire.Sidecar.McpServers;

/// <summary>Reads no more than <paramref name="limit"/> bytes; what has more cannot be read to its end.</summary>
/// <param name="inner">What is read.</param>
/// <param name="limit">In bytes.</param>
/// <param name="isStream">It is a stream of events: the limit is that of each, which an empty line ends.</param>
internal sealed class LimitedStream(Stream inner, long limit, bool isStream) : Stream
{
    private long _read;
    private bool _isAtLineStart;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Counted(buffer.AsSpan(offset), inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        return Counted(buffer.Span, read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Counted(ReadOnlySpan<byte> buffer, int read)
    {
        _read += read;
        if (isStream)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] is (byte)'\n' && _isAtLineStart)
                {
                    _read = read - i - 1;
                }

                _isAtLineStart = buffer[i] is (byte)'\n' || (_isAtLineStart && buffer[i] is (byte)'\r');
            }
        }

        return _read <= limit ? read : throw new LimitException($"the answer is larger than the maximum of {limit} bytes (--max-body-size)");
    }
}

/// <summary>A server sent more than is taken from it.</summary>
internal sealed class LimitException(string message) : IOException(message);
