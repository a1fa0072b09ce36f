using System.Net;
using Grpc.Core;
using McpAspire.Sidecar.Middleware.OAuth2;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Security;

/// <summary>What becomes of a session while others sign in, resources change, or its cookie comes by another way.</summary>
public sealed class OAuth2SessionTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_InWhichTwoSignInAtOnce_IsNotSharedByThem()
    {
        await using var rig = await LoginRig.StartAsync();
        var planted = await rig.BeginAsync("/mcp");
        var other = await rig.BeginAsync("/mcp", planted.Cookie);
        rig.Provider.Delay = TimeSpan.FromSeconds(1);
        var slow = rig.ReturnAsync(planted);
        await Eventually.TrueAsync(() => rig.Provider.TokenRequests.Any(), "the first code is redeemed", Stopping);
        rig.Provider.Delay = TimeSpan.Zero;

        var second = await rig.ReturnAsync(other);
        Assert.False(slow.IsCompleted);
        var first = await slow;

        Assert.Contains("Bearer tok-1", (await rig.GetAsync("/mcp", second)).Text, StringComparison.Ordinal);
        Assert.Contains("Bearer tok-2", (await rig.GetAsync("/mcp", first)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_OfOneProvider_IsNotUsedWithTheNextOne()
    {
        await using var next = new FakeProvider();
        await using var rig = await LoginRig.StartAsync();
        var person = await rig.SignInAsync("/mcp");

        rig.UseProvider(next);
        await Eventually.TrueAsync(() => rig.Sidecar.Output.Contains("Resources reloaded", StringComparison.Ordinal), "the other provider is used", Stopping);
        var answer = await rig.GetAsync("/mcp", person.Cookie);

        Assert.Equal(302, answer.Status);
        Assert.StartsWith(next.Issuer, answer.Header("Location"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_OutlivesAReloadThatDoesNotConcernItsProvider()
    {
        await using var rig = await LoginRig.StartAsync();
        var person = await rig.SignInAsync("/mcp");

        rig.UseProvider(rig.Provider, pathFilter: "^/mcp");
        await Eventually.TrueAsync(() => rig.Sidecar.Output.Contains("Resources reloaded", StringComparison.Ordinal), "the resources are read again", Stopping);

        Assert.Contains(person.Token, (await rig.GetAsync("/mcp", person.Cookie)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_OverHttp2AndGrpc_CountsAndStaysWithTheSidecar()
    {
        await using var rig = await LoginRig.StartAsync(pathFilter: null);
        var person = await rig.SignInAsync("/mcp");
        using var http2 = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{rig.Sidecar.HttpPort}/mcp") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("dapr-app-id", "app");
        request.Headers.TryAddWithoutValidation("Cookie", $"a=1; {person.Cookie}; gosessionsid=other");
        using var client = new DaprClient(rig.Sidecar);

        using var answer = await http2.SendAsync(request, Stopping);
        var over2 = await answer.Content.ReadAsStringAsync(Stopping);
        var overGrpc = (await client.Api.InvokeServiceAsync(DaprClient.Request("app", "mcp"), new Metadata { { "cookie", person.Cookie } }, cancellationToken: Stopping)).Data.Value.ToStringUtf8();
        var refusal = await DaprClient.RefusedAsync(client.Api.InvokeServiceAsync(DaprClient.Request("app", "mcp"), new Metadata { { "cookie", "gosessionsid=chosen" } }, cancellationToken: Stopping));

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        foreach (var text in new[] { over2, overGrpc })
        {
            Assert.Contains(person.Token, text, StringComparison.Ordinal);
            Assert.DoesNotContain("gosessionsid", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Origin", "http://localhost:1", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://localhost:{port}", 200)]
    public async Task Page_OfAnotherOrigin_CannotActWithTheSession(string name, string value, int status)
    {
        await using var rig = await LoginRig.StartAsync();
        var person = await rig.SignInAsync("/mcp");
        var port = rig.Sidecar.HttpPort;

        var answer = await RawClient.PostAsync(
            port, "/mcp", "{}", Stopping, ("dapr-app-id", "app"), ("Cookie", person.Cookie), (name, value.Replace("{port}", $"{port}", StringComparison.Ordinal)));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200, rig.App.Requests.Any(request => request.Verb == "POST"));
    }

    [Fact]
    public void LoginsUnderWay_TakeSoMuchMemoryAndNoMore()
    {
        var stores = new SessionStores(TimeProvider.System);
        var url = new string('x', 8000);
        var (first, _) = stores.Begin();
        for (var number = 0; number < 6000; number++)
        {
            stores.BeginLogin(stores.Begin().Session, "login", new PendingLogin("state", "verifier", url, "scope", DateTimeOffset.MaxValue));
        }

        Assert.Null(stores.Find(first));
    }

    [Fact]
    public void SignedInSessions_AreSoManyAndNoMore()
    {
        var stores = new SessionStores(TimeProvider.System);
        var token = new UserToken("Bearer t", null, string.Empty, null, null);
        string? first = null;
        for (var number = 0; number < 50_100; number++)
        {
            var (id, session) = stores.Begin();
            var signedIn = stores.SignIn(id, session, "login", token);
            first ??= signedIn;
        }

        Assert.Null(stores.Find(first!));
    }
}
