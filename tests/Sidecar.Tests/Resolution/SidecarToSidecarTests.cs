using System.Globalization;
using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resolution;

/// <summary>Two sidecars of one user find each other by app id; nobody else is found, and nobody is believed.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SidecarToSidecarTests : IDisposable
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _runtime = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private string Registry => _runtime.PathOf($"dapr-sidecars-{Environment.UserName}");

    public void Dispose() => _runtime.Dispose();

    [Fact]
    public async Task Call_ByAppId_ReachesTheOtherSidecarsApp_WithTheTrueCaller()
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        await using var calling = await StartAsync("calling");

        var answer = await RawClient.PostAsync(
            calling.HttpPort, "/show/a%2525b?q=%2F", "12345", Stopping, ("dapr-app-id", "called"), ("dapr-caller-app-id", "spoof"), ("Dapr-Caller-Namespace", "spoof"), ("dapr-callee-app-id", "spoof"));
        var seen = Assert.Single(app.Requests);

        Assert.Equal(200, answer.Status);
        Assert.Equal("POST", seen.Verb);
        Assert.Equal("/show/a%25b?q=%2F", seen.Target);
        Assert.Equal("12345", seen.BodyText);
        Assert.Equal(["calling"], seen.Headers.Values("dapr-caller-app-id"));
        Assert.Equal(["default"], seen.Headers.Values("dapr-caller-namespace"));
        Assert.Equal(["called"], seen.Headers.Values("dapr-callee-app-id"));
    }

    /// <summary>As in Dapr: the policies of the sidecar that calls hold, not those of the one that is called.</summary>
    [Fact]
    public async Task Call_ByAppId_IsUnderThePoliciesOfTheCallingSidecar()
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app, "--resources-path", WriteRetries("called", 5));
        await using var calling = await StartAsync("calling", null, "--resources-path", WriteRetries("calling", 1));

        var answer = await CallAsync(calling, "/flaky");

        Assert.Equal(503, answer.Status);
        Assert.Equal(2, app.Requests.Count);
    }

    private string WriteRetries(string folder, int retries)
        => Path.GetDirectoryName(_runtime.Write(
            $"{folder}/resiliency.yaml",
            $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n    retries:\n      r:\n        duration: 1ms\n        maxRetries: {retries}\n  targets:\n    apps:\n      called:\n        retry: r\n"))!;

    /// <summary>An HTTPEndpoint of its app's own name, with its secrets, is for the app alone.</summary>
    [Fact]
    public async Task Call_OfAnotherSidecar_ReachesTheAppAndNoEndpoint()
    {
        await using var app = new EchoApp();
        await using var elsewhere = new EchoApp();
        var endpoint = _runtime.Write(
            "endpoint/e.yaml",
            $"apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata:\n  name: called\nspec:\n  baseUrl: http://127.0.0.1:{elsewhere.Port}\n  headers:\n    - name: Authorization\n      value: Bearer secret\n");
        await using var called = await StartAsync("called", app, "--resources-path", Path.GetDirectoryName(endpoint)!);
        await using var calling = await StartAsync("calling");

        var answer = await CallAsync(calling, "/show");

        Assert.Equal(200, answer.Status);
        Assert.Empty(elsewhere.Requests);
        Assert.Single(app.Requests);
    }

    [Fact]
    public void Folder_OfRoot_IsWhereNobodyElseCanMakeOne()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Directory.Exists("/run"), "Only root's folder is meant.");

        Assert.StartsWith("/run/", RegistrationFolder.Of(_ => null).Path, StringComparison.Ordinal);
        Assert.StartsWith("/session/", RegistrationFolder.Of(_ => "/session").Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claim_OnASidecarsOwnApi_DoesNotReachTheApp()
    {
        await using var app = new EchoApp();
        await using var sidecar = await StartAsync("called", app);

        await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", "called"), ("dapr-caller-app-id", "spoof"));

        Assert.Empty(Assert.Single(app.Requests).Headers.Values("dapr-caller-app-id"));
    }

    [Fact]
    public async Task App_ThatIsNotThere_IsNotFound_AndNeitherIsOneThatEnded()
    {
        await using var calling = await StartAsync("calling");
        await using (var app = new EchoApp())
        await using (await StartAsync("called", app))
        {
            Assert.Equal(200, (await CallAsync(calling, "/show")).Status);
        }

        // The other one was killed: its file is still there.
        Assert.Equal(2, Directory.GetFiles(Registry, "*.json").Length);
        await Eventually.TrueAsync(async () => (await CallAsync(calling, "/show")).Text.Contains("couldn't find service: called", StringComparison.Ordinal), "the ended sidecar is not found", Stopping);

        await using var next = await StartAsync("next");
        Assert.Equal(2, Directory.GetFiles(Registry, "*.json").Length);
    }

    [Fact]
    public async Task Registration_IsTheOwnersAlone_AndGoneWithItsSidecar()
    {
        await using var sidecar = await StartAsync("called");
        var file = Assert.Single(Directory.GetFiles(Registry));

        Assert.Equal(OwnerFolder, File.GetUnixFileMode(Registry));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        sidecar.Signal(15);
        await sidecar.WaitForExitAsync(Stopping);
        Assert.Empty(Directory.GetFiles(Registry));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Folder_ThatOthersCanReach_IsNotUsed(bool isLink)
    {
        await using var calling = await StartAsync("calling");
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        Assert.Equal(200, (await CallAsync(calling, "/show")).Status);

        if (isLink)
        {
            Directory.Move(Registry, Registry + "-moved");
            Directory.CreateSymbolicLink(Registry, Registry + "-moved");
        }
        else
        {
            File.SetUnixFileMode(Registry, OwnerFolder | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        }

        await Eventually.TrueAsync(async () => (await CallAsync(calling, "/show")).Text.Contains("couldn't find service", StringComparison.Ordinal), "the folder is not read any more", Stopping);
    }

    [Fact]
    public async Task Process_ThatHasMerelyGotThePort_ReceivesNothing()
    {
        using var thief = new TcpListener(IPAddress.Loopback, 0);
        thief.Start();
        await using var calling = await StartAsync("calling");
        FalseSidecar.Register(Registry, "called", ((IPEndPoint)thief.LocalEndpoint).Port);

        var call = CallAsync(calling, "/show", ("Authorization", "Bearer secret"));
        using var connection = await thief.AcceptTcpClientAsync(Stopping);
        var stream = connection.GetStream();
        await stream.ReadExactlyAsync(new byte[HopHandshake.HelloLength], Stopping);
        await stream.WriteAsync(new byte[HopHandshake.NonceLength + HopHandshake.ProofLength], Stopping);
        var more = await stream.ReadAsync(new byte[1], Stopping);
        var answer = await call;

        Assert.Equal(0, more);
        Assert.Equal(500, answer.Status);
    }

    [Fact]
    public async Task Caller_WithoutTheKeyOfItsRegistration_IsNotLetIn()
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        await using var calling = await StartAsync("calling");
        var folder = new RegistrationFolder(Registry);
        var (target, caller) = (folder.Find("called", "default").Single(), folder.Find("calling", "default").Single());
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, target.Port, Stopping);

        await HopHandshake.CallAsync(client.GetStream(), caller with { Key = new byte[32] }, target, Stopping);
        await client.GetStream().WriteAsync("GET /show HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Stopping);

        Assert.Equal(0, await ReadToEndAsync(client.GetStream()));
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task InternalPort_WithoutAProof_ServesNoCall()
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        var port = new RegistrationFolder(Registry).Find("called", "default").Single().Port;

        var answer = await RawClient.GetAsync(port, "/show", Stopping, ("dapr-app-id", "called"), ("dapr-caller-app-id", "calling"));

        Assert.Equal("12", answer.Header("grpc-status"));
        Assert.Empty(app.Requests);
    }

    [Theory]
    [InlineData("/public", "GET", 200)]
    [InlineData("/PUBLIC/below", "GET", 200)]
    [InlineData("/public", "POST", 403)]
    [InlineData("/items/7", "DELETE", 200)]
    [InlineData("/items/7/parts", "DELETE", 403)]
    [InlineData("/private", "GET", 403)]
    [InlineData("/public/..%2Fprivate", "GET", 403)]
    [InlineData("/public%252F..%252Fprivate", "GET", 403)]
    public async Task AccessControl_DecidesByTheNamedCaller(string path, string verb, int status)
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app, Policies());
        await using var calling = await StartAsync("calling");

        var answer = await RawClient.SendAsync(calling.HttpPort, verb, path, null, Stopping, ("dapr-app-id", "called"));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, app.Requests.Count);
        if (status == 403)
        {
            Assert.Contains("access control policy has denied access to id: spiffe://public/ns/default/calling", answer.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>An unknown verb arrives as POST.</summary>
    [Theory]
    [InlineData("POST", 403)]
    [InlineData("post", 403)]
    [InlineData("PROPFIND", 403)]
    [InlineData("PUT", 200)]
    public async Task AccessControl_JudgesTheVerbThatTheAppSees(string verb, int status)
    {
        await using var app = new EchoApp();
        await using var trusted = await StartAsync("trusted", app, Policies());

        var answer = await RawClient.SendAsync(trusted.HttpPort, verb, "/orders", null, Stopping, ("dapr-app-id", "trusted"));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, app.Requests.Count);
    }

    [Fact]
    public async Task AccessControl_RefusesAnAppThatNoPolicyNames_AndTheOpenDoorOfTheOwnApi()
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app, Policies());
        await using var other = await StartAsync("other");

        Assert.Equal(403, (await RawClient.GetAsync(other.HttpPort, "/public", Stopping, ("dapr-app-id", "called"), ("dapr-caller-app-id", "calling"))).Status);
        Assert.Equal(403, (await RawClient.GetAsync(called.HttpPort, "/public", Stopping, ("dapr-app-id", "called"), ("dapr-caller-app-id", "calling"))).Status);
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task Trace_GoesThroughBothSidecars()
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        await using var calling = await StartAsync("calling");

        await RawClient.GetAsync(calling.HttpPort, "/show", Stopping, ("dapr-app-id", "called"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", Assert.Single(app.Requests).Headers.Value("traceparent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerThatBreaksOff_BreaksOffThroughBothSidecars()
    {
        await using var app = new EchoApp();
        await using var called = await StartAsync("called", app);
        await using var calling = await StartAsync("calling");

        var answer = await CallAsync(calling, "/b/abort-mid");

        Assert.False(answer is { Status: 200, Complete: true });
    }

    private static Task<RawResponse> CallAsync(SidecarProcess calling, string path, params (string, string)[] headers)
        => RawClient.GetAsync(calling.HttpPort, path, Stopping, [("dapr-app-id", "called"), .. headers]);

    private static async Task<int> ReadToEndAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[100], Stopping);
        }
        catch (IOException)
        {
            return 0; // reset
        }
    }

    private string[] Policies() => ["--config", _runtime.Write("config.yaml", """
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata:
          name: access
        spec:
          nameResolution:
            component: mdns
          accessControl:
            defaultAction: deny
            trustDomain: public
            policies:
              - appId: calling
                defaultAction: deny
                trustDomain: public
                namespace: default
                operations:
                  - name: /public
                    httpVerb: ["GET"]
                    action: allow
                  - name: /items/*
                    httpVerb: ["*"]
                    action: allow
              - appId: trusted
                defaultAction: allow
                trustDomain: public
                namespace: default
                operations:
                  - name: /orders
                    httpVerb: ["POST"]
                    action: deny
        """)];

    private async Task<SidecarProcess> StartAsync(string appId, EchoApp? app = null, params string[] arguments)
    {
        string[] port = app is null ? [] : ["--app-port", app.Port.ToString(CultureInfo.InvariantCulture)];
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", appId, .. port, .. arguments], Stopping, environment: new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = Path.GetDirectoryName(Registry)! });
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }
}
