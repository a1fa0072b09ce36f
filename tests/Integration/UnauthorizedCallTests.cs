using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using McpAspire.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpAspire.Integration;

/// <summary>Who has no right gets nothing, on either way to the server.</summary>
public sealed class UnauthorizedCallTests(StackFixture stack) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Direct => new(stack.Server, "/mcp");

    private Uri ThroughSidecar => new(stack.ServerSidecar, "/v1.0/invoke/mcp-server/method/mcp");

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task DirectCall_WithoutToken_IsChallengedWithResourceMetadata()
    {
        using var response = await _http.SendAsync(McpCall.ListTools(Direct), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var challenge = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Contains("resource_metadata=\"", challenge.Parameter, StringComparison.Ordinal);
        var metadataUrl = challenge.Parameter!.Split("resource_metadata=\"")[1].Split('"')[0];
        using var metadata = JsonDocument.Parse(await _http.GetStringAsync(new Uri(metadataUrl), Cancellation));
        Assert.Equal($"http://localhost:{stack.Server.Port}/mcp", metadata.RootElement.GetProperty("resource").GetString());
        Assert.Equal($"http://localhost:{stack.Identity.Port}/realms/mcp", Assert.Single(metadata.RootElement.GetProperty("authorization_servers").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task CallThroughServerSidecar_WithoutToken_IsRefused()
    {
        using var response = await _http.SendAsync(McpCall.ListTools(ThroughSidecar), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("signed by another key")]
    [InlineData("signed with HMAC by the public key's id")]
    [InlineData("changed after signing")]
    [InlineData("for another audience")]
    public async Task Call_WithToken_ThatIsNotValid_IsRefused(string kind)
    {
        using var alice = new Person(stack.Identity, "alice", stack.DemoPassword);
        var valid = await alice.GetTokenAsync("openid tickets:read", Cancellation);
        var token = kind switch
        {
            "unsigned" => Unsigned(valid),
            "signed by another key" => Signed(valid, new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)), SecurityAlgorithms.RsaSha256)),
            "signed with HMAC by the public key's id" => Signed(valid, new SigningCredentials(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)), SecurityAlgorithms.HmacSha256)),
            "changed after signing" => Changed(valid),
            _ => await alice.GetTokenAsync("openid", Cancellation), // no ticket scope: no audience mapper
        };

        foreach (var url in new[] { Direct, ThroughSidecar })
        {
            using var response = await _http.SendAsync(McpCall.ListTools(url, token), Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var control = await _http.SendAsync(McpCall.ListTools(Direct, valid), Cancellation);
        Assert.Equal(HttpStatusCode.OK, control.StatusCode);
    }

    private static string Unsigned(string token)
    {
        var header = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");
        return $"{header}.{token.Split('.')[1]}.";
    }

    private static string Signed(string token, SigningCredentials credentials)
    {
        var jwt = new JsonWebToken(token);
        credentials.Key.KeyId = jwt.Kid;
        return new JsonWebTokenHandler().CreateToken(Base64UrlEncoder.Decode(jwt.EncodedPayload), credentials);
    }

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]);
        var changed = payload.Replace("\"contoso\"", "\"fabrikam\"", StringComparison.Ordinal);
        Assert.NotEqual(payload, changed);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(changed)}.{parts[2]}";
    }
}
