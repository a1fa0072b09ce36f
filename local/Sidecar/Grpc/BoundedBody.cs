namespace McpAspire.Sidecar.Grpc;

/// <summary>Holds an answer's body, as a message needs it whole; one that is too long ends in an error, not in memory.</summary>
internal sealed class BoundedBody(long? limit) : MemoryStream
{
    public bool IsExceeded { get; private set; }

    /// <summary>Every other way of writing leads here.</summary>
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > limit)
        {
            IsExceeded = true;
            throw new IOException("The answer is larger than --max-body-size.");
        }

        base.Write(buffer, offset, count);
    }
}
