using System.Buffers;

namespace McpAspire.Sidecar.Cryptography;

/// <summary>
/// Takes a stream apart into segments of one length, the last one shorter or as long. A byte is read ahead: a segment has to be
/// known as the last one. Of an empty stream there is none.
/// </summary>
internal sealed class SegmentReader(Stream input, int size) : IDisposable
{
    /// <summary>Of plain data.</summary>
    public const int Size = 64 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(size + 1);
    private bool _hasNext;
    private byte _next;

    /// <summary>Until the next is read.</summary>
    public ReadOnlyMemory<byte> Segment { get; private set; }

    /// <summary>From 0.</summary>
    public uint Number { get; private set; }

    public bool IsLast { get; private set; }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (IsLast)
        {
            return false;
        }

        if (_hasNext)
        {
            _buffer[0] = _next;
            Number = Number < uint.MaxValue ? Number + 1 : throw CryptoException.Failed("input stream is too large");
        }

        var held = _hasNext ? 1 : 0;
        var length = held + await input.ReadAtLeastAsync(_buffer.AsMemory(held, size + 1 - held), size + 1 - held, throwOnEndOfStream: false, cancellationToken);
        IsLast = length <= size;
        _hasNext = !IsLast;
        if (_hasNext)
        {
            _next = _buffer[size];
            length = size;
        }

        Segment = _buffer.AsMemory(0, length);
        return length > 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
}
