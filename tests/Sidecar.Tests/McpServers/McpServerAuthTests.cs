using McpAspire.Sidecar.Tests.Rig;
using McpAspire.Sidecar.Tests.Workflows;

namespace McpAspire.Sidecar.Tests.McpServers;

/// <summary>What a server is sent that it knows the sidecar by.</summary>
public sealed class McpServerAuthTests : IAsyncDisposable
{
    private const string Secret = "client-secret-xyz";

    private const string Secrets = "---\napiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: secrets\nspec:\n  type: secretstores.local.env\n  version: v1\n";

    private readonly FakeProvider _provider = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Token_OfTheClient_IsAskedForOnce_AndSentWithEveryRequest()
    {
        await using var backend = await McpBackend.StartAsync();
        backend.Authorization = "Bearer tok-1";
        await using var rig = await StartAsync(backend, "scopes: [read, write], audience: 'https://tickets'");

        var called = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => rig.CallAsync("tools", "echo", $"{{\"text\":\"{number}\"}}")));

        Assert.Equal(Enumerable.Range(0, 8).Select(number => ($"echo: {number}", false)), called);
        var asked = Assert.Single(_provider.TokenRequests);
        Assert.Contains("grant_type=client_credentials", asked.BodyText, StringComparison.Ordinal);
        Assert.Contains("scope=read+write", asked.BodyText, StringComparison.Ordinal);
        Assert.Contains("audience=https%3A%2F%2Ftickets", asked.BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, rig.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("tok-1", rig.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ThatExpires_IsRenewed()
    {
        _provider.ExpiresIn = 1;
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await StartAsync(backend);
        await Task.Delay(TimeSpan.FromSeconds(1.2), Stopping);

        await rig.CallAsync("tools", "fail");

        Assert.True(_provider.TokenRequests.Count() > 1);
        Assert.NotEqual("Bearer tok-1", backend.Requests.Last(request => request.Verb == "POST").Headers.Authorization.ToString());
        Assert.All(backend.Requests, request => Assert.StartsWith("Bearer tok-", request.Headers.Authorization.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a provider that refuses")]
    [InlineData("a server that refuses")]
    public async Task WithoutAToken_NothingIsSent_AndNothingIsReady(string what)
    {
        await using var backend = await McpBackend.StartAsync();
        if (what == "a provider that refuses")
        {
            _provider.Behaviour = TokenBehaviour.UnauthorizedClient;
        }
        else
        {
            backend.Authorization = "Bearer another";
        }

        await using var rig = await StartAsync(backend, isReady: false);
        var reason = what == "a provider that refuses" ? "no token for this call: the token endpoint answered 401 (unauthorized_client)" : "the server answered 401";
        await Eventually.TrueAsync(() => rig.Process.Output.Contains(reason, StringComparison.Ordinal), reason, Stopping);

        Assert.Equal(500, (await RawClient.GetAsync(rig.Process.HttpPort, "/v1.0/healthz", Stopping)).Status);
        Assert.All(backend.Requests, request => Assert.StartsWith("Bearer tok-", request.Headers.Authorization.ToString(), StringComparison.Ordinal));
        Assert.Equal(what == "a server that refuses", !backend.Requests.IsEmpty);
    }

    [Fact]
    public async Task Headers_AreTakenFromSecretsAndVariables()
    {
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await StartAsync(WorkflowRig.Server("tools", backend.Url, "headers: [{ name: X-Plain, value: plain }, { name: X-Secret, secretKeyRef: { name: CLIENT_SECRET, key: CLIENT_SECRET } }, { name: X-Variable, envRef: CLIENT_SECRET }], auth: { secretStore: secrets }"));

        await rig.CallAsync("tools", "fail");

        Assert.All(backend.Requests, request => Assert.Equal(("plain", Secret, Secret), (request.Headers["X-Plain"].ToString(), request.Headers["X-Secret"].ToString(), request.Headers["X-Variable"].ToString())));
    }

    [Theory]
    [InlineData("headers: [{ name: X-Secret, secretKeyRef: { name: NOT_THERE } }], auth: { secretStore: secrets }", "NOT_THERE")]
    [InlineData("headers: [{ name: X-Secret, secretKeyRef: { name: CLIENT_SECRET } }]", "auth.secretStore")]
    [InlineData("auth: { secretStore: secrets, oauth2: { issuer: 'http://127.0.0.1:1/token', secretKeyRef: { name: NOT_THERE } } }", "NOT_THERE")]
    [InlineData("headers: [{ name: X-Variable, envRef: NOT_THERE }]", "NOT_THERE")]
    public async Task Secret_ThatIsNotThere_EndsTheStart(string http, string reason)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", WorkflowRig.Server("tools", "http://127.0.0.1:1/mcp", http) + Secrets[4..]);
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app", "--resources-path", folder.PathOf("resources")]);

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.NotEqual(0, sidecar.ExitCode);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await using var target = await McpBackend.StartAsync();
        await using var backend = await McpBackend.StartAsync();
        backend.RedirectsTo = target.Url;
        await using var rig = await StartAsync(backend, isReady: false);
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("the server answered 307", StringComparison.Ordinal), "it says so", Stopping);

        Assert.Empty(target.Requests);
    }

    [Theory]
    [InlineData("headers: [{ name: X-Secret, envRef: BROKEN }]", "has a line break")]
    [InlineData("headers: [{ name: 'X Secret', value: v }]", "is no name of a header")]
    [InlineData("headers: [{ name: Content-Type, value: v }]", "is no name of a header")]
    public async Task Header_ThatWouldNotBeOne_EndsTheStart_AndItsValueIsNotSaid(string http, string reason)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/all.yaml", WorkflowRig.Server("tools", "http://127.0.0.1:1/mcp", http));
        await using var sidecar = SidecarProcess.Launch(["--app-id", "app", "--resources-path", folder.PathOf("resources")], environment: new Dictionary<string, string> { ["BROKEN"] = Secret + "\nInjected: yes" });

        var output = await sidecar.WaitForExitAsync(Stopping);

        Assert.NotEqual(0, sidecar.ExitCode);
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Url_IsNotSaid_WhereItMayHoldASecret()
    {
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await StartAsync(WorkflowRig.Server("tools", backend.Url.Replace("http://", "http://user:hidden-1@", StringComparison.Ordinal) + "?key=hidden-2"));

        Assert.Contains($"MCPServer loaded: tools (http://127.0.0.1:{backend.Port}/mcp)", rig.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", rig.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no end")]
    public async Task SseServer_SendsNobodyElsewhere_AndNoEventWithoutAnEnd(string? what)
    {
        await using var target = await McpBackend.StartAsync();
        await using var server = new SseServer(what ?? $"event: endpoint\ndata: {target.Url}\n\n");
        await using var rig = await StartAsync($"apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata:\n  name: tools\nspec: {{ endpoint: {{ sse: {{ url: 'http://127.0.0.1:{server.Port}/sse', headers: [{{ name: X-Secret, envRef: CLIENT_SECRET }}] }} }} }}\n", isReady: false);

        using var memory = new ProcessMemory(rig.Process.Id);
        await Eventually.TrueAsync(
            () =>
            {
                memory.Sample();
                return rig.Process.Output.Contains("MCPServer tools: failed to connect", StringComparison.Ordinal);
            },
            "it says so",
            Stopping);

        Assert.Empty(target.Requests);
        Assert.True(memory.ExtraBytes < 100 * 1024 * 1024, $"{memory.ExtraBytes} bytes");
    }

    private Task<WorkflowRig> StartAsync(McpBackend backend, string oauth2 = "", bool isReady = true)
        => StartAsync(WorkflowRig.Server("tools", backend.Url, $"auth: {{ secretStore: secrets, oauth2: {{ issuer: '{_provider.Issuer}/token', clientID: client, secretKeyRef: {{ name: CLIENT_SECRET, key: CLIENT_SECRET }}{(oauth2.Length > 0 ? ", " + oauth2 : string.Empty)} }} }}"), isReady);

    private static Task<WorkflowRig> StartAsync(string servers, bool isReady = true)
        => WorkflowRig.StartAsync(servers, WorkflowRig.Store + Secrets, isReady: isReady, environment: new Dictionary<string, string> { ["CLIENT_SECRET"] = Secret });

    /// <summary>A server of the older transport that says what it is told to; without an end, if it is "no end".</summary>
    private sealed class SseServer(string says) : RawServer(null)
    {
        protected override async Task<bool> AnswerAsync(RawRequest request, RawConnection connection)
        {
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
            if (says == "no end")
            {
                var part = "data: " + new string('x', 64 * 1024) + "\n";
                for (var i = 0; i < 1_000; i++)
                {
                    await connection.WriteAsync(part);
                }
            }
            else
            {
                await connection.WriteAsync(says);
                await Task.Delay(Timeout.Infinite, connection.Stopping);
            }

            return false;
        }
    }
}
