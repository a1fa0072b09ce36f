using System.Globalization;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Takes and gives any number of bytes without holding them: GET <c>/down?n=</c>, or anything with a body.</summary>
internal sealed class BulkApp : RawServer
{
    private const int BlockSize = 64 * 1024;

    private readonly byte[] _block = new byte[BlockSize];
    private long _taken;
    private long _given;

    public long Taken => Interlocked.Read(ref _taken);

    public long Given => Interlocked.Read(ref _given);

    protected override bool ReadsBody(RawRequest request) => false;

    protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
    {
        if (request.Path == "/down")
        {
            var left = long.Parse(request.Parameter("n", "0"), CultureInfo.InvariantCulture);
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {left}\r\n\r\n");
            while (left > 0)
            {
                var size = (int)Math.Min(left, BlockSize);
                await connection.WriteAsync(size == BlockSize ? _block : new byte[size]);
                left -= size;
                Interlocked.Add(ref _given, size);
            }

            return true;
        }

        var total = long.Parse(request.Headers.Value("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        for (var read = 0L; read < total;)
        {
            var block = await connection.Reader.ReadAsync(Math.Min(BlockSize, total - read), connection.Stopping);
            if (block.Length == 0)
            {
                return false;
            }

            read += block.Length;
            Interlocked.Add(ref _taken, block.Length);
        }

        await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ndone");
        return true;
    }
}
