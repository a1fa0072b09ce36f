using Grpc.Core;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Grpc.Protocol;

namespace McpAspire.Sidecar.Grpc;

/// <summary>The data of a stream of messages, whose first one has been read; one message at a time is in memory.</summary>
internal sealed class PayloadStream<T>(IAsyncStreamReader<T> messages, Func<T, StreamPayload?> payloadOf, Func<T, bool> hasOptions) : Stream
{
    private ReadOnlyMemory<byte> _data;
    private ulong _expected;
    private bool _isBegun;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_data.IsEmpty)
        {
            if (_isBegun && !await messages.NextAsync(cancellationToken))
            {
                return 0;
            }

            if (_isBegun && hasOptions(messages.Current))
            {
                throw CryptoException.Failed("options found in non-leading message");
            }

            _isBegun = true;
            _data = payloadOf(messages.Current) is { } payload ? Checked(payload) : default;
        }

        var count = Math.Min(buffer.Length, _data.Length);
        _data[..count].CopyTo(buffer);
        _data = _data[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private ReadOnlyMemory<byte> Checked(StreamPayload payload)
        => payload.Seq == _expected++
            ? payload.Data.Memory
            : throw CryptoException.Failed($"invalid sequence number received: {payload.Seq} (expected: {_expected - 1})");
}
