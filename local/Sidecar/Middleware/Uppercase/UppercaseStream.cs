using System.Text;

namespace McpAspire.Sidecar.Middleware.Uppercase;

/// <summary>Writes text in upper case, whole UTF-8 characters at a time, without waiting for the end.</summary>
internal sealed class UppercaseStream(Stream inner) : Stream
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static byte[] Upper(byte[] text) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).ToUpperInvariant());

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var characters = new char[_decoder.GetCharCount(buffer.Span, flush: false)];
        _decoder.GetChars(buffer.Span, characters, flush: false);
        if (characters.Length > 0)
        {
            await inner.WriteAsync(Encoding.UTF8.GetBytes(new string(characters).ToUpperInvariant()), cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
