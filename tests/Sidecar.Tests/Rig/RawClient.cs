using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Sends bytes and reads the answer, one connection a call.</summary>
internal static class RawClient
{
    public static Task<RawResponse> GetAsync(int port, string target, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
        => SendAsync(port, "GET", target, null, cancellationToken, headers);

    public static Task<RawResponse> PostAsync(int port, string target, string body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
        => SendAsync(port, "POST", target, body, cancellationToken, headers);

    public static Task<RawResponse> SendAsync(int port, string verb, string target, string? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        var text = new StringBuilder($"{verb} {target} HTTP/1.1\r\nHost: localhost:{port}\r\n");
        foreach (var (name, value) in headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (body is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }

        text.Append("\r\n");
        return SendAsync(port, [.. Encoding.Latin1.GetBytes(text.ToString()), .. Encoding.UTF8.GetBytes(body ?? string.Empty)], verb == "HEAD", cancellationToken);
    }

    public static async Task<RawResponse> SendAsync(int port, byte[] request, bool isHead, CancellationToken cancellationToken, Func<Stream, Task>? rest = null, Action<byte[]>? onChunk = null, Action? onHeaders = null, Action? onInterim = null)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await using var stream = client.GetStream();
        var writing = WriteAsync(stream, request, rest, cancellationToken);
        var reading = ReadAsync(new RawReader(stream), isHead, onChunk, cancellationToken, onHeaders, onInterim);
        if (await Task.WhenAny(writing, reading) == writing)
        {
            await writing; // what cannot be written is not answered either
        }

        var response = await reading;
        await writing;
        return response;
    }

    private static async Task WriteAsync(Stream stream, byte[] request, Func<Stream, Task>? rest, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(request, cancellationToken);
            if (rest is not null)
            {
                await rest(stream);
            }
        }
        catch (IOException)
        {
            // Answered before everything was sent.
        }
    }

    public static async Task<RawResponse> ReadAsync(RawReader reader, bool isHead, Action<byte[]>? onChunk, CancellationToken cancellationToken, Action? onHeaders = null, Action? onInterim = null)
    {
        var interim = new List<(int, IReadOnlyList<Header>)>();
        while (true)
        {
            var line = await reader.ReadLineAsync(cancellationToken);
            if (line?.Split(' ', 3) is not [_, var code, ..] || await reader.ReadHeadersAsync(cancellationToken) is not { } headers)
            {
                return new RawResponse(0, [], [], null, Complete: false);
            }

            var status = int.Parse(code, CultureInfo.InvariantCulture);
            if (status is >= 100 and < 200)
            {
                interim.Add((status, headers));
                onInterim?.Invoke();
                continue;
            }

            onHeaders?.Invoke();
            return await ReadBodyAsync(reader, status, headers, isHead, onChunk, cancellationToken) with { Interim = interim };
        }
    }

    private static async Task<RawResponse> ReadBodyAsync(RawReader reader, int status, List<Header> headers, bool isHead, Action<byte[]>? onChunk, CancellationToken cancellationToken)
    {
        if (headers.Value("Transfer-Encoding") == "chunked")
        {
            if (isHead)
            {
                return new RawResponse(status, headers, [], "chunked", Complete: true);
            }

            var (body, complete) = await reader.ReadChunkedAsync(onChunk, cancellationToken);
            return new RawResponse(status, headers, body, "chunked", complete);
        }

        if (isHead || status is 204 or 304)
        {
            return new RawResponse(status, headers, [], null, Complete: true);
        }

        if (headers.Value("Content-Length") is { } length)
        {
            var expected = long.Parse(length, CultureInfo.InvariantCulture);
            var body = await reader.ReadAsync(expected, cancellationToken);
            return new RawResponse(status, headers, body, null, body.Length == expected);
        }

        return new RawResponse(status, headers, await reader.ReadAsync(long.MaxValue, cancellationToken), "until close", Complete: true);
    }
}
