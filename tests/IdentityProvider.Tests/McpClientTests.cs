using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>What MCP clients do: Python and TypeScript SDK, Inspector, VS Code (seen against a real Keycloak).</summary>
public sealed class McpClientTests
{
    [Fact]
    public async Task Native_AskingOfflineAccessWithPromptConsent_GetsAnOfflineToken()
    {
        await using var provider = await RunningProvider.StartAsync();
        var browser = new Browser(provider.BaseUrl);
        var code = await Flows.CodeAsync(browser, provider.Issuer, "mcp-native", "tickets:read offline_access", more: "&prompt=consent&resource=http%3A%2F%2Flocalhost%3A5200%2Fmcp");
        var tokens = await Flows.RedeemAsync(provider.Issuer, "mcp-native", code);
        Assert.Equal("Offline", (string)TokenClaims.Read(tokens["refresh_token"])["typ"]!);
        Assert.Equal(0, (int)tokens.Json["refresh_expires_in"]!);
    }

    [Fact]
    public async Task Native_SteppingUp_IsAskedForTheNewScopeOnlyAndKeepsTheOld()
    {
        await using var provider = await RunningProvider.StartAsync();
        var browser = new Browser(provider.BaseUrl);
        await Flows.TokensAsync(provider.Issuer, "mcp-native", "openid tickets:read", browser: browser);
        var page = await browser.FollowAsync(await browser.VisitAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-native", Flows.NativeCallback, "openid tickets:read tickets:write")));
        Assert.Contains("Create and change tickets", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Read tickets", page.Body, StringComparison.Ordinal);

        var reply = await browser.FollowAsync(await browser.SubmitAsync(("accept", "Yes")));
        var tokens = await Flows.RedeemAsync(provider.Issuer, "mcp-native", reply.Parameter("code"));
        Assert.Superset(new HashSet<string> { "tickets:read", "tickets:write" }, tokens["scope"].Split(' ').ToHashSet());
    }

    [Theory]
    [InlineData("http://127.0.0.1:33418")]
    [InlineData("http://127.0.0.1:33418/")]
    [InlineData("http://localhost:6274/oauth/callback")]
    [InlineData("http://127.0.0.1:1/callback")]
    public async Task Native_AnyLoopbackPort_IsAccepted(string redirectUri)
    {
        await using var provider = await RunningProvider.StartAsync();
        Assert.Equal(200, (await Http.GetAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-native", redirectUri, "openid"))).Status);
    }

    [Theory]
    [InlineData("https://vscode.dev/redirect", 200)]
    [InlineData("https://insiders.vscode.dev/redirect", 200)]
    [InlineData("http://vscode.dev/redirect", 400)]
    [InlineData("https://vscode.dev/redirect/more", 400)]
    [InlineData("https://vscode.dev.evil.example/redirect", 400)]
    [InlineData("https://vscode.dev/redirect?url=https://evil.example", 400)]
    public async Task Native_RedirectOfVisualStudioCode_IsThatVeryAddress(string redirectUri, int status)
    {
        await using var provider = await RunningProvider.StartAsync();
        Assert.Equal(status, (await Http.GetAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-native", redirectUri, "openid"))).Status);
    }

    /// <summary>Inspector is a page: its token calls carry its origin, and no other page's may.</summary>
    [Theory]
    [InlineData("http://localhost:6274", true)]
    [InlineData("http://127.0.0.1:6274", true)]
    [InlineData("http://localhost:6275", false)]
    [InlineData("https://vscode.dev", false)]
    public async Task Native_TokenCallFromAPage_IsForInspectorOnly(string origin, bool allowed)
    {
        await using var provider = await RunningProvider.StartAsync();
        var reply = await Http.SendAsync(
            "POST", $"{provider.Issuer}/protocol/openid-connect/token",
            [new("grant_type", "authorization_code"), new("client_id", "mcp-native"), new("code", "x")], headers: [new("Origin", origin)]);
        Assert.Equal(allowed ? "invalid_grant" : "Invalid origin", reply["error"]);
        Assert.Equal(allowed ? 400 : 403, reply.Status);
    }

    [Fact]
    public async Task Sidecar_AddingAccessTypeOffline_ChangesNothing()
    {
        await using var provider = await RunningProvider.StartAsync();
        var code = await Flows.CodeAsync(new Browser(provider.BaseUrl), provider.Issuer, "mcp-console", "openid tickets:read", more: "&access_type=offline");
        var tokens = await Flows.RedeemAsync(provider.Issuer, "mcp-console", code);
        Assert.Equal("Refresh", (string)TokenClaims.Read(tokens["refresh_token"])["typ"]!);
    }

    [Fact]
    public async Task Sub_OverTwoStarts_StaysTheSame()
    {
        var subjects = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await using var provider = await RunningProvider.StartAsync();
            subjects.Add((string)TokenClaims.Read((await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid"))["access_token"])["sub"]!);
        }

        Assert.Equal(subjects[0], subjects[1]);
    }
}
