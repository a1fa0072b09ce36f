using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Tokens, cookies and forms that somebody made up or took from elsewhere.</summary>
public sealed class ForgeryTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("public key as HMAC secret, HS256")]
    [InlineData("public key as HMAC secret, HS512")]
    [InlineData("foreign key under our kid")]
    [InlineData("foreign key under its own kid")]
    [InlineData("no kid")]
    public async Task AccessToken_Forged_IsNoGood(string forgery)
    {
        await using var provider = await RunningProvider.StartAsync();
        var genuine = (await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid tickets:read"))["access_token"];
        var forged = await ForgeAsync(provider, genuine, forgery);

        var userInfo = await Http.SendAsync("GET", $"{provider.Issuer}/protocol/openid-connect/userinfo", headers: [new("Authorization", $"Bearer {forged}")]);
        var introspection = await Http.PostAsync(
            $"{provider.Issuer}/protocol/openid-connect/token/introspect", [("token", forged), .. Flows.Credentials("mcp-server")]);
        var exchange = await Http.PostAsync($"{provider.Issuer}/protocol/openid-connect/token",
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", forged),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), .. Flows.Credentials("mcp-server"),
        ]);

        Assert.Equal(401, userInfo.Status);
        Assert.False((bool)introspection.Json["active"]!);
        Assert.Equal(400, exchange.Status);
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("id_token")]
    public async Task IdentityCookie_HoldingAnotherToken_SignsNobodyIn(string token)
    {
        await using var provider = await RunningProvider.StartAsync();
        var tokens = await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid");
        var browser = new Browser(provider.BaseUrl);
        browser.SetCookie("KEYCLOAK_IDENTITY", tokens[token]);
        var reply = await browser.VisitAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid", "&prompt=none"));
        Assert.Equal("login_required", reply.Parameter("error"));
    }

    [Fact]
    public async Task LoginForm_PostedByAnotherBrowser_SignsNobodyIn()
    {
        await using var provider = await RunningProvider.StartAsync();
        var page = Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid");
        var attacker = new Browser(provider.BaseUrl);
        var victim = new Browser(provider.BaseUrl);
        await attacker.VisitAsync(page);
        await victim.VisitAsync(page);

        var reply = await victim.SendAsync("POST", attacker.Form.Action, [new("username", "bob"), new("password", "demo-password")]);

        Assert.NotEqual("KEYCLOAK_IDENTITY", victim.Cookies.Keys.FirstOrDefault(name => name == "KEYCLOAK_IDENTITY"));
        Assert.DoesNotContain("code=", reply.Location ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_WithTheCodeOfAnotherPage_IsAskedAgain()
    {
        await using var provider = await RunningProvider.StartAsync();
        var browser = new Browser(provider.BaseUrl);
        await browser.VisitAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-native", Flows.NativeCallback, "openid"));
        await browser.FollowAsync(await browser.SubmitAsync(("username", "alice"), ("password", "demo-password")));
        var reply = await browser.SendAsync("POST", browser.Form.Action, [new("code", "made-up"), new("accept", "Yes")]);
        Assert.Contains("/login-actions/required-action", reply.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_RedeemedByManyAtOnce_WorksOnce()
    {
        await using var provider = await RunningProvider.StartAsync();
        var code = await Flows.CodeAsync(new Browser(provider.BaseUrl), provider.Issuer, "mcp-console", "openid");
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Flows.RedeemAsync(provider.Issuer, "mcp-console", code)));
        Assert.Single(replies, reply => reply.Status == 200);
    }

    [Fact]
    public async Task RefreshToken_UsedByManyAtOnce_WorksAtMostOnce()
    {
        await using var provider = await RunningProvider.StartAsync();
        var tokens = await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid");
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Flows.RefreshAsync(provider.Issuer, "mcp-console", tokens["refresh_token"])));
        Assert.True(replies.Count(reply => reply.Status == 200) <= 1);
    }

    private static async Task<string> ForgeAsync(RunningProvider provider, string genuine, string forgery)
    {
        var parts = genuine.Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!.AsObject();
        var publicKey = Convert.FromBase64String((await Http.GetAsync(provider.Issuer))["public_key"]);
        using var foreign = RSA.Create(2048);
        Func<byte[], byte[]> sign = data => foreign.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        switch (forgery)
        {
            case "none":
                header["alg"] = "none";
                return $"{Encode(header)}.{parts[1]}.";
            case "public key as HMAC secret, HS256":
                header["alg"] = "HS256";
                sign = data => HMACSHA256.HashData(publicKey, data);
                break;
            case "public key as HMAC secret, HS512":
                header["alg"] = "HS512";
                sign = data => HMACSHA512.HashData(publicKey, data);
                break;
            case "foreign key under its own kid":
                header["kid"] = "foreign";
                break;
            case "no kid":
                header.Remove("kid");
                break;
        }

        var signed = $"{Encode(header)}.{parts[1]}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(JsonObject header) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()));
}
