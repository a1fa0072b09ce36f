using System.Buffers;

namespace McpAspire.Sidecar.Api;

/// <summary>The body of a request or of an answer in a buffer that is used again: one of some megabytes for each call would not be given back for long.</summary>
internal sealed class PooledBody(long? expected) : IDisposable
{
    /// <summary>How much of what a caller has promised is made room for before it comes.</summary>
    private const int MaxAhead = 64 * 1024;

    /// <summary>How much more room is made for a promised length than has come: each size in between would stay in the pool.</summary>
    private const int Step = 8;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp((expected ?? 0) + 1, 4096, MaxAhead));
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>How long it may be the server decides.</summary>
    public async Task ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        int read;
        while ((read = await body.ReadAsync(_buffer.AsMemory(_length), cancellationToken)) > 0)
        {
            _length += read;
            if (_length == _buffer.Length)
            {
                Grow(_length + 1L);
            }
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _length)
        {
            Grow((long)_length + bytes.Length);
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    private void Grow(long needed)
    {
        if (needed > Array.MaxLength)
        {
            throw new IOException($"A body in memory has at most {Array.MaxLength} bytes.");
        }

        var ahead = expected >= needed ? Math.Min(expected.Value + 1, _buffer.Length * (long)Step) : _buffer.Length * 2L;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, ahead), Array.MaxLength));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = larger;
    }
}
