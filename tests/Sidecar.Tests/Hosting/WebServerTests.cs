using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.Hosting;
using McpAspire.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>The ports are there before the resources are; nobody is served before.</summary>
public sealed class WebServerTests
{
    private static readonly CancellationToken _stopped = TestContext.Current.CancellationToken;

    private int _served;

    [Fact]
    public async Task Server_BeforeItIsOpened_KeepsItsCallersWaiting()
    {
        using var server = new WebServer(NullLoggerFactory.Instance);
        var port = FreePort.Next();
        server.Settings.Listen(IPAddress.Loopback, port);
        await server.StartAsync(ServeAsync);

        using var http = new HttpClient();
        var answer = http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), _stopped);
        using var second = new TcpClient();
        await second.ConnectAsync(IPAddress.Loopback, port, _stopped); // behind the first in the line
        Assert.Equal(0, Volatile.Read(ref _served));
        Assert.False(answer.IsCompleted);

        server.Open();
        Assert.Equal("served", await answer);
        await server.StopAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Server_ThatIsNeverOpened_StopsAndLetsItsPortGo()
    {
        var port = FreePort.Next();
        using (var server = new WebServer(NullLoggerFactory.Instance))
        {
            server.Settings.Listen(IPAddress.Loopback, port);
            await server.StartAsync(ServeAsync);
            using var caller = new TcpClient();
            await caller.ConnectAsync(IPAddress.Loopback, port, _stopped);
            await caller.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), _stopped);
            await server.StopAsync(TimeSpan.FromSeconds(30)).WaitAsync(TimeSpan.FromSeconds(20), _stopped);
        }

        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await late.ConnectAsync(IPAddress.Loopback, port, _stopped));
        Assert.Equal(0, _served);
    }

    private Task ServeAsync(HttpContext http)
    {
        Interlocked.Increment(ref _served);
        return http.Response.WriteAsync("served");
    }
}
