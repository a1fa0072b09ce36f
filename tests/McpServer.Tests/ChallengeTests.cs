using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class ChallengeTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private string MetadataUrl => $"{server.BaseUrl}/.well-known/oauth-protected-resource/mcp";

    [Fact]
    public async Task Call_WithoutToken_IsChallengedForTheMinimalScope()
    {
        using var response = await server.Http.CallToolAsync(token: null, "delete_ticket");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal($"Bearer resource_metadata=\"{MetadataUrl}\", scope=\"tickets:read\"", Assert.Single(response.Headers.GetValues("WWW-Authenticate")));
    }

    [Fact]
    public async Task Call_ThroughAProxyWithAnotherHost_IsChallengedWithThePublicUrl()
    {
        using var request = JsonRpc.Post(JsonRpc.ToolCall("whoami"), token: null, name: "whoami");
        request.Headers.Host = $"127.0.0.1:{new Uri(server.BaseUrl).Port}";

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains($"resource_metadata=\"{MetadataUrl}\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openid tickets:read", "delete_ticket", "openid tickets:read tickets:admin")]
    [InlineData("openid tickets:write offline_access", "delete_ticket", "openid tickets:write tickets:admin")]
    [InlineData("profile", "list_tickets", "profile tickets:read")]
    public async Task Call_WithTooLittleScope_IsChallengedForGrantedAndRequiredScopes(string granted, string tool, string challenged)
    {
        using var response = await server.Http.CallToolAsync(server.TokenWith(granted), tool, """{"id":1}""");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        var challenge = Assert.Single(response.Headers.GetValues("WWW-Authenticate"));
        Assert.StartsWith("Bearer error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains($"scope=\"{challenged}\"", challenge, StringComparison.Ordinal);
        Assert.Contains($"resource_metadata=\"{MetadataUrl}\"", challenge, StringComparison.Ordinal);

        // The C# SDK splits the header at commas, in quotes as well.
        Assert.All(challenge.Split('"').Where((_, index) => index % 2 == 1), quoted => Assert.DoesNotContain(',', quoted));
    }

    [Fact]
    public async Task Call_WithTooLittleScope_AnswersWithTheIdOfTheRequest()
    {
        using var response = await server.Http.CallToolAsync(server.TokenWith("tickets:read"), "delete_ticket", """{"id":1}""");

        var answer = await response.AnswerAsync();
        Assert.Equal(7, answer["id"]!.GetValue<int>());
        Assert.Equal("The tool 'delete_ticket' needs the scope tickets:admin.", answer["error"]!["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    [InlineData("/.well-known/oauth-protected-resource")]
    public async Task Metadata_AtBothPlaces_NamesResourceIssuerAndScopes(string path)
    {
        using var response = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);
        var metadata = await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);

        Assert.Equal(server.Resource, metadata!["resource"]!.GetValue<string>());
        Assert.Equal(server.Identity.Issuer, metadata["authorization_servers"]![0]!.GetValue<string>());
        Assert.Equal(["tickets:read", "tickets:write", "tickets:admin"], metadata["scopes_supported"]!.AsArray().Select(scope => scope!.GetValue<string>()));
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Metadata_OfAnotherResource_Is404()
    {
        using var response = await server.Http.GetAsync("/.well-known/oauth-protected-resource/other", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
