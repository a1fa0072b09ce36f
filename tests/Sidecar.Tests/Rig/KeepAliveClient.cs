using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>One connection for call after call, opened again when the other end closes it.</summary>
internal sealed class KeepAliveClient(int port) : IDisposable
{
    private TcpClient? _client;
    private RawReader? _reader;

    public async Task<RawResponse> GetAsync(string target, CancellationToken cancellationToken, params IEnumerable<(string Name, string Value)> headers)
    {
        if (_client is null)
        {
            _client = new TcpClient { NoDelay = true };
            await _client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            _reader = new RawReader(_client.GetStream());
        }

        var text = new StringBuilder($"GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n");
        foreach (var (name, value) in headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text.Append("\r\n").ToString()), cancellationToken);
        var response = await RawClient.ReadAsync(_reader!, isHead: false, onChunk: null, cancellationToken);
        if (!response.Complete || response.Header("Connection") == "close")
        {
            Dispose();
        }

        return response;
    }

    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }
}
