using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Contract.Topics;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Key confusion where the caller brings the key: DPoP proofs and client assertions; and forged tokens of our own.</summary>
public sealed class ClientKeyForgeryTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("private key in the header")]
    public async Task DPoPProof_OfAnotherAlgorithm_IsRefused(string forgery)
    {
        await using var provider = await RunningProvider.StartAsync();
        using var key = new SignedJwt();
        var header = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = key.PublicKey };
        var claims = new JsonObject
        {
            ["jti"] = "1",
            ["htm"] = "POST",
            ["htu"] = $"{provider.Issuer}/protocol/openid-connect/token",
            ["iat"] = provider.Clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        string proof;
        switch (forgery)
        {
            case "none":
                header["alg"] = "none";
                proof = $"{Encode(header)}.{Encode(claims)}.";
                break;
            case "HS256":
                header["alg"] = "HS256";
                header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "c2VjcmV0" };
                proof = SignHmac(header, claims, "secret"u8.ToArray());
                break;
            case "private key in the header":
                header["jwk"]!["d"] = "AAAA";
                proof = key.Sign(header, claims);
                break;
            default:
                header["alg"] = forgery;
                proof = key.Sign(header, claims);
                break;
        }

        var reply = await Http.SendAsync(
            "POST", $"{provider.Issuer}/protocol/openid-connect/token",
            [new("grant_type", "client_credentials"), new("client_id", "mcp-agent"), new("client_secret", "agent-secret")], headers: [new("DPoP", proof)]);
        Assert.Equal(400, reply.Status);
        Assert.Equal("invalid_request", reply["error"]);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("none")]
    public async Task ClientAssertion_SignedWithThePublicKeyAsSecret_IsRefused(string algorithm)
    {
        using var key = new SignedJwt();
        var jwks = new JsonObject { ["keys"] = new JsonArray(key.PublicKey) }.ToJsonString();
        var realm = TestRealm.Variant(realm => realm["clients"]!.AsArray().Add(new JsonObject
        {
            ["clientId"] = "mcp-jwt",
            ["clientAuthenticatorType"] = "client-jwt",
            ["serviceAccountsEnabled"] = true,
            ["attributes"] = new JsonObject { ["use.jwks.string"] = "true", ["jwks.string"] = jwks },
        }));
        await using var provider = await RunningProvider.StartAsync(realm);
        var now = provider.Clock.GetUtcNow().ToUnixTimeSeconds();
        JsonObject Claims() => new() { ["iss"] = "mcp-jwt", ["sub"] = "mcp-jwt", ["aud"] = provider.Issuer, ["jti"] = Guid.NewGuid().ToString(), ["exp"] = now + 60 };
        var forged = algorithm == "none" ? SignedJwt.Unsigned(Claims()) : SignHmac(new JsonObject { ["alg"] = algorithm }, Claims(), Encoding.UTF8.GetBytes(jwks));

        Assert.Equal(400, (await AskAsync(provider, forged)).Status);
        Assert.Equal(200, (await AskAsync(provider, key.Sign(new JsonObject { ["alg"] = "ES256" }, Claims()))).Status);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS512")]
    public async Task RefreshToken_SignedByAStranger_IsRefused(string algorithm)
    {
        await using var provider = await RunningProvider.StartAsync();
        var genuine = (await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid"))["refresh_token"];
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(genuine.Split('.')[0]))!.AsObject();
        header["alg"] = algorithm;
        var forged = algorithm == "none" ? $"{Encode(header)}.{genuine.Split('.')[1]}." : SignHmac(header, TokenClaims.Read(genuine), "guess"u8.ToArray());

        Assert.Equal("Invalid refresh token", (await Flows.RefreshAsync(provider.Issuer, "mcp-console", forged))["error_description"]);
        Assert.Equal(200, (await Flows.RefreshAsync(provider.Issuer, "mcp-console", genuine)).Status);
    }

    [Fact]
    public async Task IdTokenHint_Forged_EndsNobodysSession()
    {
        await using var provider = await RunningProvider.StartAsync();
        var browser = new Browser(provider.BaseUrl);
        var tokens = await Flows.TokensAsync(provider.Issuer, "mcp-console", "openid", browser: browser);
        var hint = SignedJwt.Unsigned(TokenClaims.Read(tokens["id_token"]));
        await Http.GetAsync($"{provider.Issuer}/protocol/openid-connect/logout?id_token_hint={hint}&post_logout_redirect_uri={Uri.EscapeDataString(Flows.ConsoleCallback)}");

        var reply = await browser.VisitAsync(Flows.AuthorizeUrl(provider.Issuer, "mcp-console", Flows.ConsoleCallback, "openid", "&prompt=none"));
        Assert.Contains("code=", reply.Location, StringComparison.Ordinal);
    }

    private static Task<Reply> AskAsync(RunningProvider provider, string assertion)
        => Http.PostAsync($"{provider.Issuer}/protocol/openid-connect/token",
            ("grant_type", "client_credentials"), ("client_assertion", assertion), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));

    private static string SignHmac(JsonObject header, JsonObject claims, byte[] key)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var data = Encoding.ASCII.GetBytes(signed);
        return $"{signed}.{Base64Url.EncodeToString((string?)header["alg"] == "HS512" ? HMACSHA512.HashData(key, data) : HMACSHA256.HashData(key, data))}";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
