using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

/// <summary>One caller's limit is nobody else's.</summary>
public sealed class CallerLimitTests(CallerLimitTests.LimitedServer server) : IClassFixture<CallerLimitTests.LimitedServer>
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Caller_AboveItsLimit_IsToldWhenToTryAgain_AndOthersAreServed()
    {
        var (alice, bob) = (server.TokenWith("tickets:read"), server.TokenWith("tickets:read", "bob"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await StatusesAsync(alice, 2));

        using var refused = await server.Http.CallToolAsync(alice, "whoami");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal("2.0", (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>(Stopping))!["jsonrpc"]);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await StatusesAsync(bob, 2));
    }

    [Fact]
    public async Task Subject_HasOneLimit_WhicheverClientItUses()
    {
        string Token(string client) => server.Token(claims => claims with { Subject = "one-person", Client = client });
        await StatusesAsync(Token("mcp-console"), 2);

        Assert.Equal([HttpStatusCode.TooManyRequests], await StatusesAsync(Token("mcp-native"), 1));
    }

    [Fact]
    public async Task Caller_WithoutAValidToken_UsesUpNobodysLimit()
    {
        for (var i = 0; i < 5; i++)
        {
            using var refused = await server.Http.CallToolAsync("not-a-token", "whoami");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK], await StatusesAsync(server.TokenWith("tickets:read", "carol"), 1));
    }

    private async Task<HttpStatusCode[]> StatusesAsync(string token, int calls)
    {
        var statuses = new HttpStatusCode[calls];
        for (var call = 0; call < calls; call++)
        {
            using var response = await server.Http.CallToolAsync(token, "whoami");
            statuses[call] = response.StatusCode;
        }

        return statuses;
    }

    public sealed class LimitedServer : McpServerFixture
    {
        /// <summary>A request comes back after half a minute.</summary>
        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["McpServer:RequestsPerMinute"] = "2" };
    }
}

public sealed class NoCallerLimitTests(NoCallerLimitTests.OpenServer server) : IClassFixture<NoCallerLimitTests.OpenServer>
{
    [Fact]
    public async Task Limit_OfZero_IsNone()
    {
        for (var i = 0; i < 20; i++)
        {
            using var response = await server.Http.CallToolAsync(server.TokenWith("tickets:read"), "whoami");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    public sealed class OpenServer : McpServerFixture
    {
        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["McpServer:RequestsPerMinute"] = "0" };
    }
}
