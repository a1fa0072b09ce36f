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
    [InlineData("http://127.0.0.1:33418/")]
    [InlineData("http://localhost:6274/oauth/callback")]
    [InlineData("http://127.0.0.1:1/callback")]
    public async Task Native_AnyLoopbackPort_IsAccepted(string redirectUri)
    {
        await using var provider = await RunningProvider.StartAsync();
        Assert.Equal(200, (await Http.GetAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-native", redirectUri, "openid"))).Status);
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
