using System.Net;
using McpAspire.McpAuthorization.Tests.Infrastructure;

namespace McpAspire.McpAuthorization.Tests;

public sealed class ChallengeTests
{
    private const string Metadata = "https://things.example/.well-known/oauth-protected-resource/mcp";

    [Theory]
    [InlineData(null, $"Bearer resource_metadata=\"{Metadata}\", scope=\"things:read\"")]
    [InlineData("nonsense", $"Bearer resource_metadata=\"{Metadata}\", scope=\"things:read\", error=\"invalid_token\", error_description=\"The access token is expired or not valid for this server\"")]
    public async Task Call_WithoutAValidToken_IsChallenged(string? token, string challenge)
    {
        await using var server = await ProtectedServer.StartAsync();

        using var response = await server.CallAsync("open_to_all", token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(challenge, Assert.Single(response.Headers.GetValues("WWW-Authenticate")));
    }

    [Fact]
    public async Task Call_WithTooLittleScope_IsChallengedForTheUnion()
    {
        await using var server = await ProtectedServer.StartAsync();

        using var response = await server.CallAsync("write", "sub=alice;scope=openid things:read offline_access odd,scope quo\"ted");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(
            $"Bearer error=\"insufficient_scope\", scope=\"openid things:read things:write\", resource_metadata=\"{Metadata}\", error_description=\"The tool needs more scope\"",
            Assert.Single(response.Headers.GetValues("WWW-Authenticate")));
        Assert.Equal("a1", (await ProtectedServer.AnswerAsync(response))["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("https://things.example", HttpStatusCode.OK)]
    [InlineData("https://inspector.example", HttpStatusCode.OK)]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    public async Task Call_FromAPage_DependsOnItsOrigin(string origin, HttpStatusCode status)
    {
        await using var server = await ProtectedServer.StartAsync(options => options.AllowedOrigins.Add("https://inspector.example"));

        using var response = await server.CallAsync("open_to_all", "sub=alice", origin);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, server.Ran.Count);
    }
}
