using System.Net;
using System.Net.Http.Headers;
using System.Text;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class RequestGateTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private const string Meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";

    public static TheoryData<string, string> Tricks() => new()
    {
        { "the name in capitals", Call("\"NAME\":\"delete_ticket\",\"arguments\":{\"id\":1}") },
        { "an escaped name in capitals", Call("\"N\\u0041ME\":\"delete_ticket\",\"arguments\":{\"id\":1}") },
        { "an open name and a closed one in capitals", Call("\"name\":\"whoami\",\"NAME\":\"delete_ticket\",\"arguments\":{\"id\":1}") },
        { "two names", Call("\"name\":\"whoami\",\"name\":\"delete_ticket\",\"arguments\":{\"id\":1}") },
        { "two names, one escaped", Call("\"name\":\"whoami\",\"n\\u0061me\":\"delete_ticket\",\"arguments\":{\"id\":1}") },
        { "two params", """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami"},"params":{"name":"delete_ticket"}}""" },
        { "params in capitals", """{"jsonrpc":"2.0","id":7,"method":"tools/call","Params":{"name":"delete_ticket"}}""" },
        { "two methods", """{"jsonrpc":"2.0","id":7,"method":"tools/list","method":"tools/call","params":{"name":"delete_ticket"}}""" },
        { "two equal arguments", Call("\"name\":\"list_tickets\",\"arguments\":{\"page\":1,\"page\":2}") },
        { "arguments in capitals", Call("\"name\":\"get_ticket\",\"Arguments\":{\"id\":1}") },
        { "a batch", "[" + Call("\"name\":\"delete_ticket\"") + "]" },
        { "no name", Call("\"arguments\":{}") },
        { "a number as name", Call("\"name\":7") },
        { "no params", """{"jsonrpc":"2.0","id":7,"method":"tools/call"}""" },
        { "a string", "\"tools/call\"" },
        { "half a message", "{\"jsonrpc\":\"2.0\"" },
    };

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task Call_ThatCanBeReadInTwoWays_Is400AndRunsNothing(string trick, string body)
    {
        var allowedBefore = (await server.AuditAsync(entry => entry.Allowed)).Count;
        var refusedBefore = (await server.AuditAsync(entry => entry.Reason == "malformed_request")).Count;

        using var response = await server.Http.SendAsync(JsonRpc.Post(body, server.TokenWith("tickets:admin"), name: "delete_ticket"), TestContext.Current.CancellationToken);

        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{trick}: {response.StatusCode}");
        Assert.NotNull((await response.AnswerAsync())["error"]);
        Assert.Equal(allowedBefore, (await server.AuditAsync(entry => entry.Allowed)).Count);
        Assert.Equal(refusedBefore + 1, (await server.AuditAsync(entry => entry.Reason == "malformed_request")).Count);
    }

    [Fact]
    public async Task Call_WithANameInAnotherCase_IsAnUnknownTool()
    {
        using var response = await server.Http.CallToolAsync(server.TokenWith("tickets:admin"), "WhoAmI");

        Assert.Equal("Unknown tool: 'WhoAmI'", (await response.AnswerAsync())["error"]!["message"]!.GetValue<string>());
        Assert.Contains(await server.AuditAsync(), entry => entry is { Tool: "WhoAmI", Allowed: false, Reason: "unknown_tool" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_OverTheBodyLimit_Is413(bool chunked)
    {
        using var request = JsonRpc.Post(JsonRpc.ToolCall("whoami", $$"""{"x":"{{new string('x', 1024 * 1024)}}"}"""), server.Token(), name: "whoami");
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Call_InUtf16_Is415()
    {
        using var request = JsonRpc.Post("", server.Token(), name: "whoami");
        request.Content = new ByteArrayContent(Encoding.Unicode.GetBytes(JsonRpc.ToolCall("whoami")));
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-16");

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example", false)]
    [InlineData("http://localhost:6275", false)]
    [InlineData("https://localhost:6274", false)]
    [InlineData("null", false)]
    [InlineData("http://localhost:6274", true)]
    public async Task Call_FromAPage_IsAllowedOnlyFromAListedOrigin(string origin, bool allowed)
    {
        using var request = JsonRpc.Post(JsonRpc.ToolCall("whoami"), server.Token(), name: "whoami");
        request.Headers.Add("Origin", origin);

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Call_ForAnotherHost_Is400()
    {
        using var request = JsonRpc.Post(JsonRpc.ToolCall("whoami"), server.Token(), name: "whoami");
        request.Headers.Host = "rebound.example";

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static string Call(string members) => $"{{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{{{members},{Meta}}}}}";
}
