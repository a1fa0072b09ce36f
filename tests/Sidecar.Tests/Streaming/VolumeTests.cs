using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Streaming;

/// <summary>Much data, and many streams, pass through without staying.</summary>
public sealed class VolumeTests
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>What the sidecar may hold more while it passes on any amount.</summary>
    private const long Allowed = 32 * Megabyte;

    private const int BlockSize = 64 * 1024;

    private static readonly long _volume = LongRun.Or(100L, 40L) * Megabyte;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_OfMuch_IsNotHeld()
    {
        await using var app = new BulkApp();
        await using var sidecar = await StartAsync(app);
        await UploadAsync(sidecar, 4 * Megabyte, null);
        using var memory = new ProcessMemory(sidecar.Id);

        var status = await UploadAsync(sidecar, _volume, memory);

        Assert.Contains("200", status, StringComparison.Ordinal);
        Assert.Equal(_volume + (4 * Megabyte), app.Taken);
        AssertHeldNoMoreThan(Allowed, memory);
    }

    [Fact]
    public async Task Download_OfMuch_IsNotHeld_NorWhileTheCallerDoesNotRead()
    {
        await using var app = new BulkApp();
        await using var sidecar = await StartAsync(app);
        await DownloadAsync(sidecar, 4 * Megabyte, null, () => true);
        using var memory = new ProcessMemory(sidecar.Id);
        var before = app.Given;
        var earlier = -1L;

        // Until the app can write no more, because nobody reads.
        var received = await DownloadAsync(sidecar, _volume, memory, () =>
        {
            memory.Sample();
            var stands = app.Given == earlier && app.Given > before;
            earlier = app.Given;
            return stands;
        });

        Assert.Equal(_volume, received);
        AssertHeldNoMoreThan(Allowed, memory);
    }

    [Fact]
    public async Task Streams_Idle_AreHeldByTheHundred_AndEndWithTheirCallers()
    {
        var count = LongRun.Or(1000, 100);
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        Assert.Equal(200, (await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"))).Status);
        using var memory = new ProcessMemory(sidecar.Id);
        var clients = new List<TcpClient>();
        try
        {
            for (var number = 0; number < count; number++)
            {
                clients.Add(await OpenStreamAsync(sidecar, number));
            }

            memory.Sample();
            Assert.Equal(200, (await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "app"))).Status);
            Assert.Empty(app.Abandoned);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await Eventually.TrueAsync(() => app.Abandoned.Count == count, "every stream of the app has ended", Stopping);
        AssertHeldNoMoreThan(Allowed + (count * 100L * 1024), memory);
    }

    [Fact]
    public async Task Stream_SilentForLong_StaysOpen()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        var pause = LongRun.Or(8.0, 0.4).ToString(CultureInfo.InvariantCulture);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, $"/b/sse?n=10&every={pause}", Stopping, ("dapr-app-id", "app"), ("Accept", "text/event-stream"));

        Assert.Equal((200, true), (answer.Status, answer.Complete));
        Assert.Contains("id: 9", answer.Text, StringComparison.Ordinal);
    }

    private static void AssertHeldNoMoreThan(long allowed, ProcessMemory memory)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"extra memory: {memory.ExtraBytes / 1024} KiB");
        Assert.InRange(memory.ExtraBytes, 0, allowed);
    }

    private static async Task<TcpClient> OpenStreamAsync(SidecarProcess sidecar, int number)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, Stopping);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /b/sse?n=2&every=3600&data=own-{number}- HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nAccept: text/event-stream\r\n\r\n"), Stopping);
        var reader = new RawReader(stream);
        Assert.Contains("200", await reader.ReadLineAsync(Stopping), StringComparison.Ordinal);
        await reader.ReadHeadersAsync(Stopping);
        string? line;
        do
        {
            line = await reader.ReadLineAsync(Stopping);
        }
        while (line?.StartsWith("data:", StringComparison.Ordinal) == false);
        Assert.Equal($"data: own-{number}-", line);
        return client;
    }

    private static async Task<string> UploadAsync(SidecarProcess sidecar, long size, ProcessMemory? memory)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, Stopping);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /up HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nContent-Length: {size}\r\n\r\n"), Stopping);
        var block = new byte[BlockSize];
        for (var sent = 0L; sent < size; sent += BlockSize)
        {
            await stream.WriteAsync(block, Stopping);
            if (sent % (16 * BlockSize) == 0)
            {
                memory?.Sample();
            }
        }

        return await new RawReader(stream).ReadLineAsync(Stopping) ?? string.Empty;
    }

    private static async Task<long> DownloadAsync(SidecarProcess sidecar, long size, ProcessMemory? memory, Func<bool> mayRead)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, Stopping);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /down?n={size} HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\n\r\n"), Stopping);
        await Eventually.TrueAsync(mayRead, "the caller may read", Stopping);
        var reader = new RawReader(stream);
        Assert.Contains("200", await reader.ReadLineAsync(Stopping), StringComparison.Ordinal);
        await reader.ReadHeadersAsync(Stopping);
        var received = 0L;
        while (await reader.ReadLineAsync(Stopping) is { } line && int.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var chunk)
        {
            received += (await reader.ReadAsync(chunk, Stopping)).Length;
            await reader.ReadLineAsync(Stopping);
            if (received % (16 * BlockSize) < chunk)
            {
                memory?.Sample();
            }
        }

        return received;
    }

    private static async Task<SidecarProcess> StartAsync(RawServer app)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--max-body-size", "256Mi"], Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
