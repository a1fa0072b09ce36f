using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Streaming;

/// <summary>What flows through a sidecar while it flows: events, chunks, cancellation, ends.</summary>
public sealed class StreamingTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json, text/event-stream")]
    public async Task Headers_OfAnEventStream_ComeBeforeItsFirstEvent(string accept)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, Stopping);
        await using var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /b/sse?n=1&first=30 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nAccept: {accept}\r\n\r\n"), Stopping);
        var reader = new RawReader(stream);
        var status = await reader.ReadLineAsync(Stopping);
        var headers = await reader.ReadHeadersAsync(Stopping);

        Assert.Contains("200", status, StringComparison.Ordinal);
        Assert.Equal("text/event-stream", headers!.Value("Content-Type"));
    }

    [Fact]
    [Trait("Category", "Timed")]
    public async Task Events_ComeOneByOne()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        var times = new List<long>();

        var answer = await RawClient.SendAsync(
            sidecar.HttpPort,
            Encoding.ASCII.GetBytes("GET /b/sse?n=3&every=0.3 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nAccept: text/event-stream\r\n\r\n"),
            isHead: false,
            Stopping,
            onChunk: _ => times.Add(Stopwatch.GetTimestamp()));

        Assert.True(answer.Complete);
        Assert.Equal(3, times.Count);
        Assert.True(Stopwatch.GetElapsedTime(times[0], times[2]) > TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Caller_WhoGoesAway_EndsTheAppsRequest()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, Stopping);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /b/slow?s=60 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\n\r\n"), Stopping);
            await Eventually.TrueAsync(() => !app.Requests.IsEmpty, "the app has the request", Stopping);
        }

        await Eventually.TrueAsync(() => !app.Abandoned.IsEmpty, "the app's connection is closed", Stopping);
    }

    [Fact]
    public async Task Upload_IsStreamed_ChunkByChunk()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        var answer = await RawClient.SendAsync(
            sidecar.HttpPort,
            Encoding.ASCII.GetBytes("POST /show HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
            isHead: false,
            Stopping,
            rest: async stream =>
            {
                // The second chunk leaves only when the app has the first.
                await Eventually.TrueAsync(() => app.Chunks.Any(chunk => chunk.Text == "abc"), "the first chunk is at the app", Stopping);
                await stream.WriteAsync("3\r\ndef\r\n0\r\n\r\n"u8.ToArray(), Stopping);
            });

        Assert.Equal(200, answer.Status);
        Assert.Equal("abcdef", app.Requests.Single().BodyText);
    }

    [Theory]
    [InlineData("/b/abort-mid")]
    [InlineData("/b/abort-chunked")]
    [InlineData("/b/sse?n=3&every=0.1&die=2")]
    public async Task Answer_CutOffByTheApp_IsCutOffForTheCaller(string target)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, target, Stopping, ("dapr-app-id", "app"));

        Assert.False(answer.Complete);
        Assert.DoesNotContain("ERR_", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_UnderLoad_ReachTheirOwnCaller()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stopping }, async (number, cancellationToken) =>
        {
            var own = $"caller-{number}-";
            var target = number % 2 == 0 ? $"/b/sse?n=2&data={own}" : $"/show/{own}";
            var answer = await RawClient.GetAsync(sidecar.HttpPort, target, cancellationToken, ("dapr-app-id", "app"), ("Accept", "text/event-stream"));
            Assert.Equal(200, answer.Status);
            Assert.Contains(own, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("caller-", answer.Text.Replace(own, string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        });
    }

    private static async Task<SidecarProcess> StartAsync(EchoApp app)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture)], Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
