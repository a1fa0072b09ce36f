using System.Net;
using System.Text;
using McpAspire.McpServer.Tests.Infrastructure;
using Microsoft.IdentityModel.Tokens;

namespace McpAspire.McpServer.Tests;

public sealed class TokenTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private static readonly Dictionary<string, Func<McpServerFixture, string>> Forgeries = new()
    {
        ["another audience"] = server => server.Token(claims => claims with { Audience = "http://localhost:5300/mcp" }),
        ["audience of a client"] = server => server.Token(claims => claims with { Audience = "mcp-server" }),
        ["audience with a slash more"] = server => server.Token(claims => claims with { Audience = server.Resource + "/" }),
        ["expired beyond the skew"] = server => server.Token(claims => claims with { Expires = DateTimeOffset.UtcNow.AddSeconds(-45) }),
        ["another issuer"] = server => server.Token(claims => claims with { Issuer = server.Identity.Issuer + "/" }),
        ["another realm"] = server => server.Token(claims => claims with { Issuer = server.Identity.Url + "realms/other" }),
        ["unsigned"] = server => Unsigned(server.Token()),
        ["without its signature"] = server => server.Token()[..(server.Token().LastIndexOf('.') + 1)],
        ["signed by another key"] = server => server.Identity.Sign(new TokenClaims(server.Resource), TestIdentityProvider.NewKey(server.Identity.Key.KeyId)),
        ["signed by an unknown key"] = server => server.Identity.Sign(new TokenClaims(server.Resource), TestIdentityProvider.NewKey("unknown")),
        ["HS256 with the public key as secret"] = server => server.Identity.Sign(new TokenClaims(server.Resource), PublicKeyAsSecret(server), SecurityAlgorithms.HmacSha256),
        ["RS512"] = server => server.Identity.Sign(new TokenClaims(server.Resource), algorithm: SecurityAlgorithms.RsaSha512),
        ["PS256"] = server => server.Identity.Sign(new TokenClaims(server.Resource), algorithm: SecurityAlgorithms.RsaSsaPssSha256),
        ["an id token"] = server => server.Token(claims => claims with { Type = "ID" }),
        ["bound to a key"] = server => server.Token(claims => claims with { KeyBound = true }),
        ["changed after signing"] = server => Changed(server.Token()),
        ["nonsense"] = _ => "nonsense",
    };

    public static TheoryData<string> ForgedTokens() => [.. Forgeries.Keys];

    [Theory]
    [MemberData(nameof(ForgedTokens))]
    public async Task Call_WithForgedToken_Is401AndSaysInvalidToken(string forgery)
    {
        var token = Forgeries[forgery](server);

        using var response = await server.Http.CallToolAsync(token, "whoami");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var challenge = response.Headers.WwwAuthenticate.ToString();
        Assert.Contains("error=\"invalid_token\"", challenge, StringComparison.Ordinal);
        Assert.Contains("resource_metadata=", challenge, StringComparison.Ordinal);
        Assert.DoesNotContain(token, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithTokenThatExpiredWithinTheSkew_IsAllowed()
    {
        using var response = await server.Http.CallToolAsync(server.Token(claims => claims with { Expires = DateTimeOffset.UtcNow.AddSeconds(-10) }), "whoami");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Call_WithTokenInTheQuery_Is401()
    {
        using var request = JsonRpc.Post(JsonRpc.ToolCall("whoami"), token: null, name: "whoami");
        request.RequestUri = new Uri($"/mcp?access_token={server.Token()}", UriKind.Relative);

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("sub")]
    public async Task Call_WithoutARequiredClaim_Is403(string claim)
    {
        var token = server.Token(claims => claim == "tenant" ? claims with { Tenant = null } : claims with { Subject = null });

        using var response = await server.Http.CallToolAsync(token, "list_tickets");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains($"'{claim}'", (await response.AnswerAsync())["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WithoutATenant_Is403()
    {
        const string body = """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";
        using var request = JsonRpc.Post(body, server.Token(claims => claims with { Tenant = null }), method: "tools/list");

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Call_WithTokenForTwoAudiences_IsAllowedWhenThisServerIsOneOfThem()
    {
        using var response = await server.Http.CallToolAsync(server.Token(claims => claims with { OtherAudience = "mcp-server" }), "whoami");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static SymmetricSecurityKey PublicKeyAsSecret(McpServerFixture server)
        => new(Encoding.ASCII.GetBytes(server.Identity.Key.Rsa.ExportSubjectPublicKeyInfoPem())) { KeyId = server.Identity.Key.KeyId };

    private static string Unsigned(string token)
    {
        var header = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");
        return $"{header}.{token.Split('.')[1]}.";
    }

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("tickets:read", "tickets:admin", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";
    }
}
