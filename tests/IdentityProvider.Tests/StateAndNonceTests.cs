using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>State and nonce bind an answer to the request it belongs to; neither can be used to write into an answer.</summary>
public sealed class StateAndNonceTests
{
    private const string Nasty = "a b&code=stolen#\r\nSet-Cookie: x=y\"><script>alert(1)</script>\u00e4";

    [Theory]
    [InlineData("query")]
    [InlineData("fragment")]
    public async Task State_OfAnyCharacters_ComesBackAsItWas(string mode)
    {
        await using var provider = await RunningProvider.StartAsync();
        var reply = await SignInAsync(provider, Nasty, $"&response_mode={mode}");
        Assert.Equal(Nasty, reply.Parameter("state"));
        Assert.DoesNotContain("stolen", reply.Parameter("code"), StringComparison.Ordinal);
        Assert.DoesNotContain(reply.Headers["Set-Cookie"], cookie => cookie.StartsWith("x=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task State_OfAnyCharacters_IsTextInAPostedForm()
    {
        await using var provider = await RunningProvider.StartAsync();
        var reply = await SignInAsync(provider, Nasty, "&response_mode=form_post");
        Assert.DoesNotContain("<script>alert", reply.Body, StringComparison.Ordinal);
        Assert.Equal(Nasty.ReplaceLineEndings("\n"), PageFacts.Form(reply.Body)!.Value.Hidden["state"].ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Nonce_OfTheRequest_StandsInItsIdTokenOnly()
    {
        await using var provider = await RunningProvider.StartAsync();
        var browser = new Browser(provider.BaseUrl);
        var first = await Flows.CodeAsync(browser, provider.Issuer, "mcp-console", "openid", more: "&nonce=one");
        var second = await Flows.CodeAsync(browser, provider.Issuer, "mcp-console", "openid", more: "&nonce=two");
        var third = await Flows.CodeAsync(browser, provider.Issuer, "mcp-console", "openid");

        Assert.Equal("two", await NonceAsync(provider, second));
        Assert.Equal("one", await NonceAsync(provider, first));
        Assert.Null(await NonceAsync(provider, third));
    }

    [Fact]
    public async Task State_OfAnError_ComesBackWithIssuer()
    {
        await using var provider = await RunningProvider.StartAsync();
        var reply = await Http.GetAsync(Url(provider, Nasty, "&prompt=none"));
        Assert.Equal(Nasty, reply.Parameter("state"));
        Assert.Equal(provider.Issuer, reply.Parameter("iss"));
        Assert.Equal("login_required", reply.Parameter("error"));
    }

    private static Task<Reply> SignInAsync(RunningProvider provider, string state, string more)
        => Flows.SignInAtAsync(new Browser(provider.BaseUrl), Url(provider, state, more));

    private static string Url(RunningProvider provider, string state, string more)
        => Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid", more)
            .Replace("state=state-1", $"state={Uri.EscapeDataString(state)}", StringComparison.Ordinal);

    private static async Task<string?> NonceAsync(RunningProvider provider, string code)
        => (string?)TokenClaims.Read((await Flows.RedeemAsync(provider.Issuer, "mcp-console", code))["id_token"])["nonce"];
}
