using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>The app behind the recordings: it echoes a request as JSON, and misbehaves as asked under <c>/b/</c>.</summary>
internal sealed class EchoApp(int? port = null) : RawServer(port)
{
    /// <summary>What an echo starts with: an answer with it came from this app.</summary>
    public const string Marker = "{\"method\":";

    private int _flakyCalls;

    /// <summary>Requests whose connection the other end closed while the app was still busy with them.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Abandoned { get; } = new();

    /// <summary>When each chunk of a request body came.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<(long Ticks, string Text)> Chunks { get; } = new();

    /// <summary>The next call of <c>/flaky</c> is the first of three again.</summary>
    public void ResetFlaky() => Volatile.Write(ref _flakyCalls, 0);

    /// <summary>What <c>/healthz</c> answers.</summary>
    public int HealthStatus { get; set; } = 200;

    /// <summary>With it <c>/dapr/config</c> is answered when it is done.</summary>
    public Task? ConfigurationAnswer { get; set; }

    /// <summary>With it an app that is to wait between parts of its answer waits until the caller has the part before.</summary>
    public EventPace? Pace { get; set; }

    protected override bool ReadsBody(RawRequest request) => !request.Path.StartsWith("/b/early-answer", StringComparison.Ordinal);

    protected override void OnChunk(byte[] chunk) => Chunks.Enqueue((System.Diagnostics.Stopwatch.GetTimestamp(), Encoding.UTF8.GetString(chunk)));

    protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
    {
        if (request.Path == "/healthz" && HealthStatus != 200)
        {
            await TextAsync(connection, HealthStatus.ToString(CultureInfo.InvariantCulture), "not well");
            return true;
        }

        if (request.Path == "/dapr/config")
        {
            await (ConfigurationAnswer ?? Task.CompletedTask);
            await TextAsync(connection, "404", "none");
            return true;
        }

        if (request.Path == "/flaky")
        {
            await FlakyAsync(connection);
            return true;
        }

        var parts = request.Path.Split('/');
        if (request.Path == "/b")
        {
            await TextAsync(connection, "404", "no such behaviour");
            return true;
        }

        if (parts is not ["", "b", var behaviour, ..])
        {
            await EchoAsync(request, connection);
            return true;
        }

        var argument = parts.Length > 3 ? parts[3] : string.Empty;
        switch (behaviour)
        {
            case "status":
                await StatusAsync(request, connection, argument);
                return true;
            case "json-error":
                await TextAsync(connection, argument, "{\"error\":\"insufficient_scope\"}", "Content-Type: application/json\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\"\r\nWWW-Authenticate: Basic realm=x\r\n");
                return true;
            case "scope-error":
                await TextAsync(connection, "403", "{\"error\":\"insufficient_scope\"}", $"Content-Type: application/json\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"{argument}\"\r\n");
                return true;
            case "redirect":
                await connection.WriteAsync($"HTTP/1.1 {request.Parameter("code", "302")} Moved\r\nLocation: {request.Parameter("to", "/b/redirect")}\r\nContent-Length: 0\r\n\r\n");
                return true;
            case "sse":
                return await EventsAsync(request, connection);
            case "slow":
                return await SlowAsync(request, connection);
            case "chunked":
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
                for (var i = 0; i < 3; i++)
                {
                    await (Pace?.BeforeAsync(i, held: false) ?? Task.Delay(i > 0 ? 200 : 0, connection.Stopping));
                    await connection.ChunkAsync($"c{i}");
                }

                await connection.WriteAsync("0\r\n\r\n");
                return true;
            case "early-answer":
                await connection.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly");
                return false;
            case "early":
                await connection.WriteAsync("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n");
                await TextAsync(connection, "200", "after 103");
                return true;
            case "continue":
                await connection.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n");
                await TextAsync(connection, "200", "after 100");
                return true;
            case "cookies":
                await TextAsync(connection, "200", "c", "Content-Type: text/plain; charset=utf-8\r\nSet-Cookie: a=1; Path=/; HttpOnly\r\nSet-Cookie: b=2; Secure; SameSite=Lax\r\nSet-Cookie: c=3\r\n");
                return true;
            case "dup":
                await TextAsync(connection, "200", "d", "Content-Type: text/plain; charset=utf-8\r\nX-Dup: 1\r\nX-Dup: 2\r\nVary: A\r\nVary: B\r\nX-Empty: \r\nX-Latin: caf\u00e9\r\nx-lower-case: v\r\nX_under_score: u\r\n");
                return true;
            case "hop":
                await TextAsync(connection, "200", "h", "Content-Type: text/plain; charset=utf-8\r\nConnection: X-Nominated\r\nX-Nominated: n\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nServer: my-app\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\nVia: 1.1 app\r\n");
                return true;
            case "gzip":
                await GzipAsync(connection);
                return true;
            case "trailers":
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nTrailer: X-Trailer\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: t\r\n\r\n");
                return true;
            case "no-type":
                await TextAsync(connection, "200", "<html>hi</html>", string.Empty);
                return true;
            case "empty":
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                return true;
            case "big":
                var size = int.Parse(request.Parameter("n", "1"), CultureInfo.InvariantCulture);
                await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n");
                await connection.WriteAsync(Encoding.ASCII.GetBytes(new string('x', size)));
                return true;
            case "big-header":
                await TextAsync(connection, "200", "b", $"Content-Type: text/plain\r\nX-Big: {new string('h', int.Parse(request.Parameter("n", "1"), CultureInfo.InvariantCulture))}\r\n");
                return true;
            case "abort-before":
            case "close-before":
                return false;
            case "abort-mid":
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n0123456789");
                return false;
            case "reset-mid":
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n0123456789");
                await Task.Delay(50, connection.Stopping);
                connection.Reset();
                return false;
            case "abort-chunked":
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n");
                return false;
            case "bad-response":
                await connection.WriteAsync("THIS IS NOT HTTP\r\n\r\n");
                return false;
            default:
                await EchoAsync(request, connection);
                return true;
        }
    }

    /// <summary>Busy twice, then well, and so on; without a type, as in the recordings.</summary>
    private Task FlakyAsync(RawConnection connection)
        => Interlocked.Increment(ref _flakyCalls) % 3 == 0 ? TextAsync(connection, "200", "ok", string.Empty) : TextAsync(connection, "503", "busy", string.Empty);

    private static async Task EchoAsync(RawRequest request, RawConnection connection)
    {
        var body = new JsonObject
        {
            ["method"] = request.Verb,
            ["path"] = request.Path,
            ["query"] = request.Query,
            ["headers"] = new JsonArray([.. request.Headers.Select(header => (JsonNode)new JsonArray(header.Name, header.Value))]),
            ["length"] = request.Body.Length,
        };
        var head = request.Verb == "HEAD";
        var text = body.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: uvicorn\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n");
        if (!head)
        {
            await connection.WriteAsync(Encoding.UTF8.GetBytes(text));
        }
    }

    private static Task StatusAsync(RawRequest request, RawConnection connection, string status)
    {
        const string Headers = "Location: /moved\r\nWWW-Authenticate: Bearer resource_metadata=\"x\", scope=\"a\"\r\nX-App: 1\r\n";
        if (status is "204" or "304")
        {
            return connection.WriteAsync($"HTTP/1.1 {status} Status\r\n{Headers}\r\n");
        }

        var text = $"body of {status}";
        return request.Verb == "HEAD"
            ? connection.WriteAsync($"HTTP/1.1 {status} Status\r\nContent-Type: text/plain; charset=utf-8\r\n{Headers}Content-Length: {text.Length}\r\n\r\n")
            : TextAsync(connection, status, text, "Content-Type: text/plain; charset=utf-8\r\n" + Headers);
    }

    private static Task TextAsync(RawConnection connection, string status, string text, string headers = "Content-Type: text/plain; charset=utf-8\r\n")
        => connection.WriteAsync($"HTTP/1.1 {status} Status\r\n{headers}Content-Length: {text.Length}\r\n\r\n{text}");

    private static async Task GzipAsync(RawConnection connection)
    {
        var zipped = Convert.FromBase64String("H4sIAAAAAAACA6tWqsosKEhNUbIqKSpNrQUAhCi8CA8AAAA="); // {"zipped": true}
        await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {zipped.Length}\r\n\r\n");
        await connection.WriteAsync(zipped);
    }

    private async Task<bool> SlowAsync(RawRequest request, RawConnection connection)
    {
        var closed = connection.ClosedAsync();
        var time = Task.Delay(Seconds(request, "s", "1"), connection.Stopping);
        if (await Task.WhenAny(closed, time) == closed)
        {
            Abandoned.Enqueue(request.Target);
            return false;
        }

        await TextAsync(connection, "200", "slow", "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n");
        return false;
    }

    private async Task<bool> EventsAsync(RawRequest request, RawConnection connection)
    {
        var count = int.Parse(request.Parameter("n", "3"), CultureInfo.InvariantCulture);
        var dieAfter = int.Parse(request.Parameter("die", "-1"), CultureInfo.InvariantCulture);
        await connection.WriteAsync($"HTTP/1.1 {request.Parameter("status", "200")} OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nMcp-Session-Id: sess-1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
        var closed = connection.ClosedAsync();
        var (first, every) = (Seconds(request, "first", "0"), Seconds(request, "every", "0"));
        if (Pace is not null)
        {
            await Pace.BeforeAsync(0, held: first > TimeSpan.Zero);
        }
        else if (await WaitAsync(closed, first))
        {
            Abandoned.Enqueue(request.Target);
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (i == dieAfter)
            {
                connection.Reset();
                return false;
            }

            if (i > 0 && Pace is not null)
            {
                await Pace.BeforeAsync(i, held: false);
            }

            await connection.ChunkAsync($"event: message\nid: {i}\ndata: {Data(request, i)}\n\n");
            if (Pace is null && i < count - 1 && await WaitAsync(closed, every))
            {
                Abandoned.Enqueue(request.Target);
                return false;
            }
        }

        await connection.WriteAsync("0\r\n\r\n");
        return false;
    }

    /// <summary>With <c>who=1</c> an event says whose call it answers.</summary>
    private static string Data(RawRequest request, int number)
        => request.Parameter("data", number.ToString(CultureInfo.InvariantCulture)) + (request.Parameter("who", "0") == "1" ? " " + string.Join('|', request.Headers.Values("Authorization")) : string.Empty);

    private static async Task<bool> WaitAsync(Task closed, TimeSpan time)
        => time > TimeSpan.Zero ? await Task.WhenAny(closed, Task.Delay(time)) == closed : closed.IsCompleted;

    private static TimeSpan Seconds(RawRequest request, string name, string otherwise)
        => TimeSpan.FromSeconds(double.Parse(request.Parameter(name, otherwise), CultureInfo.InvariantCulture));
}
