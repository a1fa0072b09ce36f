using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Faults;

/// <summary>An app that is down, slow, half-closed, or comes and goes: what its callers get, exactly.</summary>
public sealed class BackendFaultTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task App_Down_IsSaid_AndItsReturnIsNoticedByTheNextCall()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);

        app.Stop();
        var down = await GetAsync(sidecar, "/show?x=1");
        app.Start();
        var back = await GetAsync(sidecar, "/show?x=1");

        Assert.Equal(500, down.Status);
        Assert.Equal(
            $"{{\"errorCode\":\"ERR_DIRECT_INVOKE\",\"message\":\"failed to invoke, id: app, err: Get \\\"http://127.0.0.1:{app.Port}/show?x=1\\\": dial tcp 127.0.0.1:{app.Port}: connect: connection refused\"}}",
            down.Text);
        Assert.Equal(200, back.Status);
    }

    /// <summary>Without a policy nothing is repeated: the app may have acted on it.</summary>
    [Theory]
    [InlineData("POST", null)]
    [InlineData("POST", "")]
    [InlineData("POST", "{}")]
    [InlineData("PATCH", null)]
    [InlineData("DELETE", null)]
    public async Task App_ThatClosesInsteadOfAnswering_GetsTheCallOnce(string verb, string? body)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        await GetAsync(sidecar, "/show"); // leaves a connection to be used again

        var answer = await RawClient.SendAsync(sidecar.HttpPort, verb, "/b/close-before", body, Stopping, ("dapr-app-id", "app"));

        Assert.Equal(500, answer.Status);
        Assert.Single(app.Requests, request => request.Path == "/b/close-before");
    }

    [Fact]
    public async Task App_Slow_IsWaitedFor_AndHoldsUpNoOtherCall()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        var slow = Enumerable.Range(0, 32).Select(_ => GetAsync(sidecar, "/b/sse?n=2&every=2")).ToArray();
        await Eventually.TrueAsync(() => app.Requests.Count == 32, "the slow calls are at the app", Stopping);

        var quick = await GetAsync(sidecar, "/show");

        Assert.Equal(200, quick.Status);
        Assert.All(await Task.WhenAll(slow), answer => Assert.Equal((200, true), (answer.Status, answer.Complete)));
    }

    [Theory]
    [InlineData("", 500)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: te", 500)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n12345", 200)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", 200)]
    public async Task App_ThatClosesItsHalf_EndsTheCall_AndNeverLooksComplete(string written, int status)
    {
        await using var app = new HalfClosingApp(written);
        await using var sidecar = await StartAsync(app);

        var answer = await GetAsync(sidecar, "/x");

        if (status == 500)
        {
            Assert.Equal($"{{\"errorCode\":\"ERR_DIRECT_INVOKE\",\"message\":\"failed to invoke, id: app, err: Get \\\"http://127.0.0.1:{app.Port}/x\\\": EOF\"}}", answer.Text);
        }

        // What has not left yet when the answer breaks off does not leave: the status may be missing, too.
        Assert.True(answer.Status == status || (status == 200 && !answer.Complete), $"{answer.Status} {answer.Text}");
        Assert.Equal(status == 500, answer.Complete);
    }

    [Fact]
    public async Task Caller_WhoClosesItsHalf_GetsItsEventsOrAnEnd_AndLeavesNothingBehind()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, Stopping);
        await using var stream = client.GetStream();

        await stream.WriteAsync("GET /b/sse?n=2&every=60 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\n\r\n"u8.ToArray(), Stopping);
        client.Client.Shutdown(SocketShutdown.Send);
        var reader = new RawReader(stream);
        string? line;
        do
        {
            line = await reader.ReadLineAsync(Stopping);
        }
        while (line?.StartsWith("data:", StringComparison.Ordinal) == false);
        client.Dispose();

        await Eventually.TrueAsync(() => app.Abandoned.Count == app.Requests.Count, "the app's request has ended", Stopping);
        Assert.Equal(200, (await GetAsync(sidecar, "/show")).Status);
    }

    [Fact]
    public async Task App_RestartingUnderLoad_CostsTheCallsThatMetIt_AndNoOther()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        var good = 0;
        var wrong = new ConcurrentQueue<string>();
        var callers = Enumerable.Range(0, 16).Select(async caller =>
        {
            for (var call = 0; !end.IsCancellationRequested; call++)
            {
                var own = $"/own-{caller}-{call}-";
                var answer = await GetAsync(sidecar, own);
                if (answer.Status == 200 && answer.Complete && answer.Text.Contains($"\"path\":\"{own}\"", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref good);
                }
                else if (answer.Complete && !IsFailure(answer, own))
                {
                    wrong.Enqueue($"{own}: {answer.Status} {answer.Text}");
                }
            }
        }).ToArray();

        for (var restart = 0; restart < LongRun.Or(50, 5); restart++)
        {
            var before = Volatile.Read(ref good);
            await Eventually.TrueAsync(() => Volatile.Read(ref good) > before + 20, "calls are answered", Stopping);
            app.Stop();
            app.Start();
        }

        await end.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Empty(wrong);
        Assert.Equal(200, (await GetAsync(sidecar, "/show")).Status);
    }

    /// <summary>A call that met the restart: daprd's words for it, about this very call.</summary>
    private static bool IsFailure(RawResponse answer, string own)
        => answer.Status == 500
           && answer.Text.Contains("ERR_DIRECT_INVOKE", StringComparison.Ordinal)
           && answer.Text.Contains(own, StringComparison.Ordinal)
           && (answer.Text.Contains("connection refused", StringComparison.Ordinal) || answer.Text.Contains("EOF", StringComparison.Ordinal) || answer.Text.Contains("connection reset", StringComparison.Ordinal));

    private static Task<RawResponse> GetAsync(SidecarProcess sidecar, string target)
        => RawClient.GetAsync(sidecar.HttpPort, target, Stopping, ("dapr-app-id", "app"));

    private static async Task<SidecarProcess> StartAsync(RawServer app)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture)], Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }

    /// <summary>Writes something, closes its sending half, and goes on listening until the other end closes as well.</summary>
    private sealed class HalfClosingApp(string written) : RawServer
    {
        protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
        {
            await connection.WriteAsync(written);
            connection.CloseSending();
            await connection.ClosedAsync();
            return false;
        }
    }
}
