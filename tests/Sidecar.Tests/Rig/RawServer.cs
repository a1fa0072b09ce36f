using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>A server over plain sockets that records what it gets and can answer anything, right or wrong.</summary>
internal abstract class RawServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _connections = new();
    private TcpListener? _listener;
    private Task? _accepting;

    protected RawServer(int? port = null)
    {
        Port = port ?? FreePort.Next();
        Start();
    }

    public int Port { get; }

    public ConcurrentQueue<RawRequest> Requests { get; } = new();

    /// <summary>The sidecar's own call when the app has come up.</summary>
    public ConcurrentQueue<RawRequest> StartCalls { get; } = new();

    public void Start()
    {
        _listener = FreePort.Listen(Port);
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Closes the port and every connection; <see cref="Start"/> opens it again.</summary>
    public void Stop()
    {
        _listener?.Stop();
        foreach (var socket in _connections.Keys)
        {
            socket.Dispose();
        }
    }

    public IReadOnlyList<RawRequest> TakeRequests()
    {
        var taken = new List<RawRequest>();
        while (Requests.TryDequeue(out var request))
        {
            taken.Add(request);
        }

        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Stop();
        if (_accepting is not null)
        {
            await _accepting;
        }

        _stop.Dispose();
    }

    /// <summary>Answers one request; false closes the connection.</summary>
    protected abstract Task<bool> AnswerAsync(RawRequest request, RawConnection connection);

    /// <summary>Whether the body is read before the answer.</summary>
    protected virtual bool ReadsBody(RawRequest request) => true;

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                return;
            }

            _connections[socket] = true;
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var connection = new RawConnection(socket, stream, _stop.Token);
            while (await ReadRequestAsync(connection) is { } request)
            {
                if (!await AnswerAsync(request, connection))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // The other end went away, or the test is over.
        }
        finally
        {
            _connections.TryRemove(socket, out _);
        }
    }

    private void Note(RawRequest request) => (request.Target == "/dapr/config" ? StartCalls : Requests).Enqueue(request);

    private async Task<RawRequest?> ReadRequestAsync(RawConnection connection)
    {
        var line = await connection.Reader.ReadLineAsync(connection.Stopping);
        if (line is null || line.Split(' ') is not [var verb, var target, _] || await connection.Reader.ReadHeadersAsync(connection.Stopping) is not { } headers)
        {
            return null;
        }

        var request = new RawRequest(verb, target, headers);
        if (ReadsBody(request))
        {
            if (headers.Value("Expect") is not null)
            {
                await connection.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n");
            }

            var (body, complete) = request.IsChunked
                ? await connection.Reader.ReadChunkedAsync(OnChunk, connection.Stopping)
                : (await connection.Reader.ReadAsync(long.Parse(headers.Value("Content-Length") ?? "0", System.Globalization.CultureInfo.InvariantCulture), connection.Stopping), true);
            if (!complete || (!request.IsChunked && body.Length < long.Parse(headers.Value("Content-Length") ?? "0", System.Globalization.CultureInfo.InvariantCulture)))
            {
                Note(request);
                return null;
            }

            request = request with { Body = body };
        }

        Note(request);
        return request;
    }

    protected virtual void OnChunk(byte[] chunk)
    {
    }
}

/// <summary>One connection of a <see cref="RawServer"/>.</summary>
internal sealed class RawConnection(Socket socket, Stream stream, CancellationToken stopping)
{
    public RawReader Reader { get; } = new(stream);

    public CancellationToken Stopping => stopping;

    public Task WriteAsync(string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), stopping).AsTask();

    public Task WriteAsync(byte[] bytes) => stream.WriteAsync(bytes, stopping).AsTask();

    public Task ChunkAsync(string text) => WriteAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text))}\r\n");

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>Says that nothing more comes, and still reads.</summary>
    public void CloseSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Completes when the other end has closed.</summary>
    public async Task ClosedAsync()
    {
        var byteOrEnd = await Reader.ReadAsync(1, stopping);
        _ = byteOrEnd;
    }
}
