namespace McpAspire.Sidecar.Invocation;

/// <summary>Keeps what is written, up to a limit (null: none); a longer answer ends in an error, not in memory.</summary>
internal sealed class BoundedBuffer(long? limit) : MemoryStream
{
    public bool IsExceeded { get; private set; }

    public ReadOnlyMemory<byte> Written => GetBuffer().AsMemory(0, (int)Length);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Check(buffer.Length);
        base.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Check(count);
        base.Write(buffer, offset, count);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    private void Check(int count)
    {
        if (Length + count > limit)
        {
            IsExceeded = true;
            throw new IOException($"The answer is longer than {limit} bytes.");
        }
    }
}
