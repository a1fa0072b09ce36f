using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpAspire.Benchmarks.Sidecars.Measurement;

/// <summary>One connection of a light client: the same request again and again, each answer read to its end and checked for 200.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[16 * 1024];

    private Connection(byte[] request) => _request = request;

    public static async Task<Connection> OpenAsync(Way way)
    {
        var appId = way.AppId is null ? string.Empty : $"dapr-app-id: {way.AppId}\r\n";
        var connection = new Connection(Encoding.ASCII.GetBytes($"GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:{way.Port}\r\n{appId}Accept: application/json\r\n\r\n"));
        await connection._socket.ConnectAsync(IPAddress.Loopback, way.Port);
        return connection;
    }

    public async ValueTask AskAsync()
    {
        await _socket.SendAsync(_request);
        var length = 0;
        do
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (read == 0)
            {
                throw new IOException($"The connection was closed after: {Encoding.ASCII.GetString(_buffer, 0, length)}");
            }

            length += read;
        }
        while (!IsComplete(_buffer.AsSpan(0, length)));
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = answer[..end];
        var body = answer[(end + 4)..];
        if (!head.StartsWith("HTTP/1.1 200 "u8))
        {
            throw new IOException($"Not a 200: {Encoding.ASCII.GetString(answer)}");
        }

        var field = head.IndexOf("\r\nContent-Length: "u8);
        return field < 0
            ? body.EndsWith("0\r\n\r\n"u8)
            : Utf8Parser.TryParse(head[(field + "\r\nContent-Length: ".Length)..], out int length, out _) && body.Length >= length;
    }
}
