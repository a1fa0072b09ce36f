using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>HTTP/2 by prior knowledge and HTTP/1.1 on one port; on the gRPC ports nothing is implemented, in gRPC's words.</summary>
public sealed class Http2Tests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApiPort_SpeaksBoth()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var http = Client();

        using var health = await http.GetAsync($"http://127.0.0.1:{sidecar.HttpPort}/v1.0/healthz", Stopping);
        using var echo = await http.PostAsync($"http://127.0.0.1:{sidecar.HttpPort}/v1.0/invoke/app/method/show?q=1", new StringContent("{\"x\":1}", Encoding.UTF8, "application/json"), Stopping);
        var plain = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/healthz", Stopping);

        Assert.Equal((HttpVersion.Version20, HttpStatusCode.NoContent), (health.Version, health.StatusCode));
        Assert.Equal((HttpVersion.Version20, HttpStatusCode.OK), (echo.Version, echo.StatusCode));
        Assert.StartsWith(EchoApp.Marker, await echo.Content.ReadAsStringAsync(Stopping), StringComparison.Ordinal);
        Assert.Equal("{\"x\":1}", app.Requests.Single(request => request.Path == "/show").BodyText);
        Assert.Equal(204, plain.Status);
    }

    [Fact]
    public async Task Http2_StreamsEvents_AndShowsAnAnswerThatBreaksOff()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var http = Client();

        using var events = await http.GetAsync($"http://127.0.0.1:{sidecar.HttpPort}/v1.0/invoke/app/method/b/sse?n=2&every=0.05", HttpCompletionOption.ResponseHeadersRead, Stopping);
        Assert.Equal("text/event-stream", events.Content.Headers.ContentType?.MediaType);
        Assert.Contains("data:", await events.Content.ReadAsStringAsync(Stopping), StringComparison.Ordinal);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync($"http://127.0.0.1:{sidecar.HttpPort}/v1.0/invoke/app/method/b/abort-mid", Stopping));
    }

    [Fact]
    public async Task Http2_IsHeldToTheSameRules()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app, new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "known" });
        using var http = Client();
        var url = $"http://127.0.0.1:{sidecar.HttpPort}/v1.0/invoke/app/method/show";

        using var without = await http.GetAsync(url, Stopping);
        using var foreign = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = "evil.example" }, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact }, Stopping);

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Empty(app.Requests);
    }

    /// <summary>They would stand in the app's request line as they are.</summary>
    [Theory]
    [InlineData("/show?a HTTP/1.1")]
    [InlineData("/show HTTP/1.1")]
    [InlineData("/show?\u0001")]
    [InlineData("/show?\u007f")]
    public async Task Target_WithWhatARequestLineCannotHold_IsRefused(string target)
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync(app);
        using var http = Client();
        using var call = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{sidecar.HttpPort}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "dapr-app-id", "app" } },
        };

        using var answer = await http.SendAsync(call, Stopping);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task InternalPort_AnswersUnimplemented()
    {
        var port = FreePort.Next();
        var http = FreePort.Next();
        await using var sidecar = SidecarProcess.LaunchExactly(["run", "--app-id", "app", "--dapr-http-port", $"{http}", "--dapr-internal-grpc-port", $"{port}"], http);
        await sidecar.WaitForPortAsync(Stopping);
        using var client = Client();
        using var call = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/dapr.proto.runtime.v1.Dapr/GetMetadata")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new("application/grpc") } },
        };

        using var answer = await client.SendAsync(call, Stopping);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("12", answer.Headers.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData("--dapr-public-port", "")]
    [InlineData("--dapr-internal-grpc-port", "")]
    [InlineData("--dapr-internal-grpc-port", "DAPRH")]
    [InlineData("--dapr-public-port", "PRI")]
    public async Task Connection_ThatSaysLittle_DoesNotHoldUpTheEnd(string flag, string begin)
    {
        var (port, http) = (FreePort.Next(), FreePort.Next());
        await using var sidecar = SidecarProcess.LaunchExactly(["run", "--app-id", "app", "--dapr-http-port", $"{http}", flag, $"{port}", "--enable-metrics=false"], http);
        await sidecar.WaitForPortAsync(Stopping);
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, port, Stopping);
        await silent.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begin), Stopping);
        var started = System.Diagnostics.Stopwatch.StartNew();

        sidecar.Signal(15);
        await sidecar.WaitForExitAsync(Stopping);

        Assert.Equal(0, sidecar.ExitCode);
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(4.5), $"it took {started.Elapsed}"); // it would be cut off after five
    }

    private static HttpClient Client() => new()
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static async Task<SidecarProcess> StartAsync(EchoApp app, IReadOnlyDictionary<string, string>? environment = null)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture)], Stopping, environment: environment);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
