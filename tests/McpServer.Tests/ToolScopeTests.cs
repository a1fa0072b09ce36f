using System.Net;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class ToolScopeTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private const string Read = "openid tickets:read";
    private const string Write = "openid tickets:write";
    private const string Admin = "openid tickets:admin";
    private const string None = "openid profile";

    public static TheoryData<string, string, string, bool> Matrix()
    {
        (string Tool, string Arguments, string Needs)[] tools =
        [
            ("whoami", "{}", ""),
            ("list_tickets", "{}", "tickets:read"),
            ("get_ticket", """{"id":1}""", "tickets:read"),
            ("create_ticket", """{"title":"t","description":"d"}""", "tickets:write"),
            ("comment_ticket", """{"id":1,"text":"x"}""", "tickets:write"),
            ("close_ticket", """{"id":3,"resolution":"done"}""", "tickets:write"),
            ("export_tickets", "{}", "tickets:admin"),
            ("delete_ticket", """{"id":4}""", "tickets:admin"),
        ];
        var rank = new Dictionary<string, int> { [""] = 0, ["tickets:read"] = 1, ["tickets:write"] = 2, ["tickets:admin"] = 3 };
        var granted = new Dictionary<string, int> { [None] = 0, [Read] = 1, [Write] = 2, [Admin] = 3 };
        var data = new TheoryData<string, string, string, bool>();
        foreach (var (tool, arguments, needs) in tools)
        {
            foreach (var (scope, level) in granted)
            {
                data.Add(tool, arguments, scope, level >= rank[needs]);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Call_WithScope_IsAllowedOnlyWhenTheScopeIncludesTheTool(string tool, string arguments, string scope, bool allowed)
    {
        using var response = await server.Http.CallToolAsync(server.TokenWith(scope), tool, arguments);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        if (allowed)
        {
            var answer = await response.AnswerAsync();
            Assert.False(answer.IsToolError() && !answer.Text().Contains("not found", StringComparison.Ordinal), answer.ToJsonString());
            Assert.Null(answer["error"]);
        }
        else
        {
            Assert.Contains("insufficient_scope", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }
}
