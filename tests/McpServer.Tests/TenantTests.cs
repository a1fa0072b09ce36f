using System.Net;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class TenantTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private string Alice => server.TokenWith("tickets:admin");

    private string Bob => server.TokenWith("tickets:admin", "bob", "fabrikam");

    [Fact]
    public async Task List_AsAliceAndAsBob_ShowsTicketsOfTheirTenantOnly()
    {
        var contoso = await IdsAsync(Alice);
        var fabrikam = await IdsAsync(Bob);

        Assert.True(contoso.Count >= 5);
        Assert.True(fabrikam.Count >= 4);
        Assert.Empty(contoso.Intersect(fabrikam));
    }

    [Theory]
    [InlineData("get_ticket", """{"id":ID}""")]
    [InlineData("comment_ticket", """{"id":ID,"text":"hello"}""")]
    [InlineData("close_ticket", """{"id":ID,"resolution":"done"}""")]
    [InlineData("delete_ticket", """{"id":ID}""")]
    public async Task Call_OnATicketOfAnotherTenant_SaysNotFoundAsForOneThatDoesNotExist(string tool, string arguments)
    {
        var foreign = (await IdsAsync(Bob))[0];

        using var ofBob = await server.Http.CallToolAsync(Alice, tool, arguments.Replace("ID", $"{foreign}", StringComparison.Ordinal));
        using var missing = await server.Http.CallToolAsync(Alice, tool, arguments.Replace("ID", "987654", StringComparison.Ordinal));

        Assert.Equal($"Ticket {foreign} was not found.", (await ofBob.AnswerAsync()).Text());
        Assert.Equal("Ticket 987654 was not found.", (await missing.AnswerAsync()).Text());
        Assert.Contains(foreign, await IdsAsync(Bob));
    }

    [Fact]
    public async Task Export_AsBob_HasNoTicketOfContoso()
    {
        using var response = await server.Http.CallToolAsync(Bob, "export_tickets");

        var exported = (await response.AnswerAsync())["result"]!["structuredContent"]!["tickets"]!.AsArray().Select(ticket => ticket!["id"]!.GetValue<int>());
        Assert.Empty(exported.Intersect(await IdsAsync(Alice)));
    }

    [Fact]
    public async Task Create_AsBob_IsVisibleToBobOnly()
    {
        using var created = await server.Http.CallToolAsync(Bob, "create_ticket", """{"title":"Only for fabrikam","description":"x","priority":"low"}""");
        var id = (await created.AnswerAsync())["result"]!["structuredContent"]!["id"]!.GetValue<int>();

        Assert.Contains(id, await IdsAsync(Bob));
        Assert.DoesNotContain(id, await IdsAsync(Alice));
    }

    [Fact]
    public async Task Call_WithATenantInTheArguments_IsRefused()
    {
        using var response = await server.Http.CallToolAsync(Alice, "list_tickets", """{"tenant":"fabrikam"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("'tenant' is unknown", (await response.AnswerAsync()).Text(), StringComparison.Ordinal);
    }

    private async Task<List<int>> IdsAsync(string token)
    {
        using var response = await server.Http.CallToolAsync(token, "list_tickets", """{"pageSize":100}""");
        var answer = await response.AnswerAsync();
        return [.. answer["result"]!["structuredContent"]!["tickets"]!.AsArray().Select(ticket => ticket!["id"]!.GetValue<int>())];
    }
}
