using System.Globalization;
using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resolution;

/// <summary>An app with several sidecars: a call goes to another one when the first does not take it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FailoverTests : IDisposable
{
    private readonly TemporaryFolder _runtime = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private string Registry => _runtime.PathOf($"dapr-sidecars-{Environment.UserName}");

    public void Dispose() => _runtime.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_WhenASidecarRefusesTheConnection_GoesToAnother_WholeAndOnce(bool isChunked)
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        await using var calling = await StartAsync("calling");
        FalseSidecar.Register(Registry, "called", FreePort.Next());
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{calling.HttpPort}") };

        for (var call = 0; call < 4; call++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/show/a%2525b") { Content = new StringContent("12345") };
            request.Headers.Add("dapr-app-id", "called");
            request.Headers.TransferEncodingChunked = isChunked;
            using var answer = await http.SendAsync(request, Stopping);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(4, app.Requests.Count);
        Assert.All(app.Requests, request => Assert.Equal(("/show/a%25b", "12345"), (request.Target, request.BodyText)));
    }

    [Fact]
    public async Task Call_WhenAPortIsAnotherProcesss_GoesToTheTrueSidecar()
    {
        using var thief = new TcpListener(IPAddress.Loopback, 0);
        thief.Start();
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        await using var calling = await StartAsync("calling");
        FalseSidecar.Register(Registry, "called", ((IPEndPoint)thief.LocalEndpoint).Port);

        // Each of two sidecars is the first in turn for one of two calls.
        var calls = Task.WhenAll(CallAsync(calling, "/show"), CallAsync(calling, "/show"));
        using (var connection = await thief.AcceptTcpClientAsync(Stopping))
        {
            await connection.GetStream().ReadExactlyAsync(new byte[HopHandshake.HelloLength], Stopping);
            await connection.GetStream().WriteAsync(new byte[HopHandshake.NonceLength + HopHandshake.ProofLength], Stopping);
            Assert.Equal(0, await connection.GetStream().ReadAsync(new byte[1], Stopping));
        }

        Assert.All(await calls, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(2, app.Requests.Count);
    }

    [Fact]
    public async Task Call_WhenNoSidecarTakesTheConnection_SaysSo()
    {
        await using var calling = await StartAsync("calling");
        FalseSidecar.Register(Registry, "called", FreePort.Next());
        FalseSidecar.Register(Registry, "called", FreePort.Next());

        var answer = await CallAsync(calling, "/show");

        Assert.Equal(500, answer.Status);
        Assert.Contains("connect: connection refused", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_GoesToTheNextSidecarInTurn()
    {
        await using var first = new EchoApp();
        await using var second = new EchoApp();
        await using var one = await StartAsync("called", first);
        await using var other = await StartAsync("called", second);
        await using var calling = await StartAsync("calling", null, WithRetries("1ms", 1));

        Assert.Equal(503, (await CallAsync(calling, "/b/json-error/503")).Status);

        Assert.Single(first.Requests);
        Assert.Single(second.Requests);
    }

    [Fact]
    public async Task Retry_FindsTheSidecar_ThatHasStartedMeanwhile()
    {
        await using var app = new EchoApp();
        await using var calling = await StartAsync("calling", null, WithRetries("100ms", 1000));
        FalseSidecar.Register(Registry, "called", FreePort.Next());

        var call = CallAsync(calling, "/show");
        await Eventually.TrueAsync(() => calling.Output.Contains("Retry 2 in", StringComparison.Ordinal), "the call is tried again", Stopping);
        await using var called = await StartAsync("called", app);

        Assert.Equal(200, (await call).Status);
        Assert.Single(app.Requests);
    }

    private string[] WithRetries(string duration, int retries) =>
    [
        "--resources-path",
        Path.GetDirectoryName(_runtime.Write(
            "resources/resiliency.yaml",
            $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n    retries:\n      r:\n        duration: {duration}\n        maxRetries: {retries}\n  targets:\n    apps:\n      called:\n        retry: r\n"))!,
    ];

    private static Task<RawResponse> CallAsync(SidecarProcess calling, string path)
        => RawClient.GetAsync(calling.HttpPort, path, Stopping, ("dapr-app-id", "called"));

    private async Task<SidecarProcess> StartAsync(string appId, EchoApp? app = null, params string[] arguments)
    {
        string[] port = app is null ? [] : ["--app-port", app.Port.ToString(CultureInfo.InvariantCulture)];
        var sidecar = await SidecarProcess.StartAsync(["--app-id", appId, .. port, .. arguments], Stopping, environment: new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = Path.GetDirectoryName(Registry)! });
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
