using System.Text.Json;
using McpAspire.McpServer.Tests.Infrastructure;
using ModelContextProtocol.Protocol;

namespace McpAspire.McpServer.Tests;

public sealed class ProtocolTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private const string Newest = "2026-07-28";
    private const string Older = "2025-11-25";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Newest)]
    [InlineData(Older)]
    public async Task Client_OfBothRevisions_WorksThroughATicket(string revision)
    {
        await using var client = await SdkClient.ConnectAsync(server, server.TokenWith("tickets:write"), revision);

        var created = await client.CallToolAsync("create_ticket", new Dictionary<string, object?> { ["title"] = "Screen flickers", ["description"] = "Since today", ["priority"] = "high" }, cancellationToken: Cancellation);
        var id = created.StructuredContent!.Value.GetProperty("id").GetInt32();
        await client.CallToolAsync("comment_ticket", new Dictionary<string, object?> { ["id"] = id, ["text"] = "Changed the cable" }, cancellationToken: Cancellation);
        await client.CallToolAsync("close_ticket", new Dictionary<string, object?> { ["id"] = id, ["resolution"] = "It was the cable" }, cancellationToken: Cancellation);
        var read = await client.CallToolAsync("get_ticket", new Dictionary<string, object?> { ["id"] = id }, cancellationToken: Cancellation);

        Assert.Equal(revision, client.NegotiatedProtocolVersion);
        var ticket = read.StructuredContent!.Value;
        Assert.Equal("closed", ticket.GetProperty("status").GetString());
        Assert.Equal("high", ticket.GetProperty("priority").GetString());
        Assert.Equal("It was the cable", ticket.GetProperty("resolution").GetString());
        Assert.Equal("alice", ticket.GetProperty("comments")[0].GetProperty("author").GetString());
        Assert.Equal(ticket.GetRawText(), JsonSerializer.SerializeToElement(JsonDocument.Parse(Assert.IsType<TextContentBlock>(Assert.Single(read.Content)).Text)).GetRawText());
    }

    [Theory]
    [InlineData(Newest)]
    [InlineData(Older)]
    public async Task List_WithTheScopeToRead_StillShowsEveryTool(string revision)
    {
        await using var client = await SdkClient.ConnectAsync(server, server.TokenWith("tickets:read"), revision);

        var tools = await client.ListToolsAsync(cancellationToken: Cancellation);

        Assert.Equal(
            ["close_ticket", "comment_ticket", "create_ticket", "delete_ticket", "export_tickets", "get_ticket", "list_tickets", "whoami"],
            tools.Select(tool => tool.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task List_DescribesEveryTool()
    {
        await using var client = await SdkClient.ConnectAsync(server, server.Token());

        var tools = (await client.ListToolsAsync(cancellationToken: Cancellation)).ToDictionary(tool => tool.Name, tool => tool.ProtocolTool);

        Assert.All(tools.Values, tool =>
        {
            Assert.False(string.IsNullOrWhiteSpace(tool.Description));
            Assert.NotNull(tool.Title);
            Assert.NotNull(tool.OutputSchema);
            Assert.False(tool.Annotations!.OpenWorldHint);
            Assert.All(Properties(tool), argument => Assert.True(argument.Value.TryGetProperty("description", out _), $"{tool.Name}.{argument.Name}"));
        });
        Assert.True(tools["list_tickets"].Annotations!.ReadOnlyHint);
        Assert.True(tools["delete_ticket"].Annotations!.DestructiveHint);
        Assert.True(tools["close_ticket"].Annotations!.IdempotentHint);
        Assert.False(tools["create_ticket"].Annotations!.DestructiveHint);
        Assert.Equal(["id"], Properties(tools["get_ticket"]).Select(argument => argument.Name));
    }

    [Fact]
    public async Task WhoAmI_SaysWhoSpeaks()
    {
        await using var client = await SdkClient.ConnectAsync(server, server.TokenWith("openid tickets:read", "bob", "fabrikam"));

        var me = (await client.CallToolAsync("whoami", cancellationToken: Cancellation)).StructuredContent!.Value;

        Assert.Equal("bob", me.GetProperty("user").GetString());
        Assert.Equal("fabrikam", me.GetProperty("tenant").GetString());
        Assert.Equal("mcp-console", me.GetProperty("client").GetString());
        Assert.Equal(["openid", "tickets:read"], me.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.InRange(me.GetProperty("expiresAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(3), DateTimeOffset.UtcNow.AddMinutes(6));
    }

    [Fact]
    public async Task Session_OfAlice_CannotBeUsedByBob()
    {
        await using var alice = await SdkClient.ConnectAsync(server, server.TokenWith("tickets:read"), Older);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.Add("Mcp-Session-Id", alice.SessionId);
        request.Headers.Authorization = new("Bearer", server.TokenWith("tickets:admin", "bob", "fabrikam"));

        using var asBob = await server.Http.SendAsync(request, Cancellation);

        Assert.NotNull(alice.SessionId);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, asBob.StatusCode);
        Assert.NotEmpty(await alice.ListToolsAsync(cancellationToken: Cancellation));
    }

    private static IEnumerable<JsonProperty> Properties(Tool tool)
        => tool.InputSchema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : [];
}
