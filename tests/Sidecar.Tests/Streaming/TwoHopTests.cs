using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Streaming;

/// <summary>What was observed of streams through two sidecars: they end together, from whichever side.</summary>
public sealed class TwoHopTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/b/sse?n=2&every=60", "text/event-stream")]
    [InlineData("/b/sse?n=2&every=60", "application/json, text/event-stream")]
    [InlineData("/b/slow?s=60", "*/*")]
    public async Task Caller_WhoGoesAway_EndsTheAppsRequest(string target, string accept)
    {
        await using var hops = await Hops.StartAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, hops.Port, Stopping);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\nAccept: {accept}\r\n\r\n"), Stopping);
            await Eventually.TrueAsync(() => !hops.App.Requests.IsEmpty, "the app has the request", Stopping);
        }

        await Eventually.TrueAsync(() => !hops.App.Abandoned.IsEmpty, "the app's connection is closed", Stopping);
    }

    [Fact]
    public async Task Stream_CutOffByTheApp_IsCutOffForTheCaller()
    {
        await using var hops = await Hops.StartAsync();

        var answer = await RawClient.GetAsync(hops.Port, "/b/sse?n=3&every=0.1&die=2", Stopping, ("dapr-app-id", "app"), ("Accept", "text/event-stream"));

        Assert.Equal((200, false), (answer.Status, answer.Complete));
        Assert.DoesNotContain("ERR_", answer.Text, StringComparison.Ordinal);
    }

    private sealed class Hops : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private SidecarProcess? _near;
        private SidecarProcess? _far;

        public EchoApp App { get; } = new();

        public int Port => _near!.HttpPort;

        public static async Task<Hops> StartAsync()
        {
            var hops = new Hops();
            hops._far = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", hops.App.Port.ToString(CultureInfo.InvariantCulture)], Stopping);
            hops._folder.Write("resources/app.yaml", $"""
                apiVersion: dapr.io/v1alpha1
                kind: HTTPEndpoint
                metadata:
                  name: app
                spec:
                  baseUrl: "http://127.0.0.1:{hops._far.HttpPort}/v1.0/invoke/app/method"
                """);
            hops._near = await SidecarProcess.StartAsync(["--app-id", "caller", "--resources-path", hops._folder.PathOf("resources")], Stopping);
            return hops;
        }

        public async ValueTask DisposeAsync()
        {
            await (_near?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (_far?.DisposeAsync() ?? ValueTask.CompletedTask);
            await App.DisposeAsync();
            _folder.Dispose();
        }
    }
}
