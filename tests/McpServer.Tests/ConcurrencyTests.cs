using System.Security.Claims;
using McpAspire.McpServer.Tenancy;
using McpAspire.McpServer.Tests.Infrastructure;
using McpAspire.McpServer.Tickets;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.McpServer.Tests;

public sealed class ConcurrencyTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Close_WithAVersionThatIsOld_ChangesNothing()
    {
        using var read = await server.Http.CallToolAsync(server.Token(), "get_ticket", """{"id":2}""");
        var version = (await read.AnswerAsync())["result"]!["structuredContent"]!["version"]!.GetValue<int>();
        var token = server.TokenWith("tickets:write");
        using var comment = await server.Http.CallToolAsync(token, "comment_ticket", $$"""{"id":2,"text":"first","version":{{version}}}""");

        using var close = await server.Http.CallToolAsync(token, "close_ticket", $$"""{"id":2,"resolution":"done","version":{{version}}}""");

        Assert.False((await comment.AnswerAsync()).IsToolError());
        Assert.StartsWith("Ticket 2 was changed by somebody else", (await close.AnswerAsync()).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoChanges_FromTheSameVersion_AreNotBothSaved()
    {
        await using var first = server.Services.CreateAsyncScope();
        await using var second = server.Services.CreateAsyncScope();
        var (firstDesk, secondDesk) = (DeskOfAlice(first), DeskOfAlice(second));
        await firstDesk.GetAsync(1, Cancellation);
        await secondDesk.CommentAsync(1, "faster", version: null, Cancellation);

        var lost = await Assert.ThrowsAsync<TicketException>(() => firstDesk.CommentAsync(1, "slower", version: null, Cancellation));

        Assert.StartsWith("Ticket 1 was changed by somebody else", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_Twice_KeepsTheFirstResolution()
    {
        var token = server.TokenWith("tickets:write");
        using var first = await server.Http.CallToolAsync(token, "close_ticket", """{"id":3,"resolution":"first"}""");
        using var again = await server.Http.CallToolAsync(token, "close_ticket", """{"id":3,"resolution":"second"}""");

        Assert.Equal("first", (await again.AnswerAsync())["result"]!["structuredContent"]!["resolution"]!.GetValue<string>());
    }

    [Fact]
    public async Task Desk_WithoutACaller_ReadsNothing()
    {
        await using var scope = server.Services.CreateAsyncScope();
        var desk = scope.ServiceProvider.GetRequiredService<TicketDesk>();

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => desk.GetAsync(1, Cancellation));

        Assert.IsType<NoTenantException>(refused.GetBaseException());
    }

    private static TicketDesk DeskOfAlice(AsyncServiceScope scope)
    {
        scope.ServiceProvider.GetRequiredService<Caller>().Bind(new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim("sub", "subject-of-alice"), new Claim("tenant", "contoso"), new Claim("preferred_username", "alice")], "test")));
        return scope.ServiceProvider.GetRequiredService<TicketDesk>();
    }
}
