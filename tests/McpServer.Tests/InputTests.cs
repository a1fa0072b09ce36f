using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class InputTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    [Theory]
    [InlineData("get_ticket", "{}", "The argument 'id' is missing.")]
    [InlineData("get_ticket", """{"id":"1"}""", "The argument 'id' must be a whole number.")]
    [InlineData("get_ticket", """{"id":1.5}""", "The argument 'id' must be a whole number.")]
    [InlineData("get_ticket", """{"id":0}""", "The argument 'id' is 0; the least is 1.")]
    [InlineData("get_ticket", """{"id":99999999999}""", "The argument 'id' must be a whole number.")]
    [InlineData("get_ticket", """{"ticket":1}""", "The argument 'id' is missing. The argument 'ticket' is unknown; allowed are id.")]
    [InlineData("get_ticket", """{"ID":1}""", "The argument 'id' is missing. The argument 'ID' is unknown; allowed are id.")]
    [InlineData("whoami", """{"user":"bob"}""", "The argument 'user' is unknown; this tool takes none.")]
    [InlineData("list_tickets", """{"status":"done"}""", "The argument 'status' must be one of open, waiting, closed.")]
    [InlineData("list_tickets", """{"status":"Open"}""", "The argument 'status' must be one of open, waiting, closed.")]
    [InlineData("list_tickets", """{"pageSize":101}""", "The argument 'pageSize' is 101; the most is 100.")]
    [InlineData("list_tickets", """{"page":0}""", "The argument 'page' is 0; the least is 1.")]
    [InlineData("create_ticket", """{"title":" ","description":"x"}""", "The argument 'title' must not be empty.")]
    [InlineData("create_ticket", """{"title":null,"description":"x"}""", "The argument 'title' must be a string.")]
    [InlineData("create_ticket", """{"title":"t","description":"d","priority":"huge"}""", "The argument 'priority' must be one of low, normal, high, urgent.")]
    [InlineData("delete_ticket", """{"id":true}""", "The argument 'id' must be a whole number.")]
    public async Task Call_WithBadInput_AnswersWithASentence(string tool, string arguments, string sentence)
    {
        using var response = await server.Http.CallToolAsync(server.TokenWith("tickets:admin"), tool, arguments);

        var answer = await response.AnswerAsync();
        Assert.True(answer.IsToolError(), answer.ToJsonString());
        Assert.Equal(sentence, answer.Text());
    }

    [Fact]
    public async Task Create_WithATitleThatIsTooLong_SaysHowLongItMayBe()
    {
        using var response = await server.Http.CallToolAsync(
            server.TokenWith("tickets:write"), "create_ticket", $$"""{"title":"{{new string('x', 201)}}","description":"d"}""");

        Assert.Equal("The argument 'title' is 201 characters long; at most 200 are allowed.", (await response.AnswerAsync()).Text());
    }

    [Fact]
    public async Task Search_ForAPercentSign_IsNoWildcard()
    {
        using var response = await server.Http.CallToolAsync(server.Token(), "list_tickets", """{"search":"%"}""");

        var page = (await response.AnswerAsync())["result"]!["structuredContent"]!;
        var titles = page["tickets"]!.AsArray().Select(ticket => ticket!["title"]!.GetValue<string>());
        Assert.Equal(["Invoice 2026-0417 shows the wrong VAT rate"], titles);
    }

    [Fact]
    public async Task List_PageByPage_ReturnsEveryTicketOnce()
    {
        var seen = new List<int>();
        int? page = 1;
        while (page is not null)
        {
            using var response = await server.Http.CallToolAsync(server.Token(), "list_tickets", $$"""{"page":{{page}},"pageSize":2}""");
            var content = (await response.AnswerAsync())["result"]!["structuredContent"]!;
            seen.AddRange(content["tickets"]!.AsArray().Select(ticket => ticket!["id"]!.GetValue<int>()));
            page = content["nextPage"]?.GetValue<int>();
            Assert.True(seen.Count <= content["total"]!.GetValue<int>());
        }

        Assert.Equal(6, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }
}
