using System.Diagnostics;
using System.Text.Json;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class AuditTrailTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    [Fact]
    public async Task AllowedCall_LeavesARowWithItsOutcome()
    {
        using var caller = new Activity("caller").Start();
        var trace = caller.TraceId.ToHexString();

        using var response = await server.Http.CallToolAsync(server.TokenWith("tickets:write"), "get_ticket", """{"id":1}""");

        var entry = Assert.Single(await server.AuditAsync(entry => entry.TraceId == trace));
        Assert.True(entry.Allowed);
        Assert.Equal("succeeded", entry.Outcome);
        Assert.Equal(("get_ticket", "contoso", "alice", "subject-of-alice", "mcp-console"), (entry.Tool, entry.Tenant, entry.UserName, entry.Subject, entry.Client));
        Assert.Equal(("tickets:read", "tickets:write"), (entry.RequiredScopes, entry.GrantedScopes));
        Assert.True(entry.Milliseconds > 0);
        Assert.InRange(entry.Time, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task RefusedCall_LeavesARowWithItsReason()
    {
        using var response = await server.Http.CallToolAsync(server.TokenWith("tickets:read", "mallory"), "delete_ticket", """{"id":1}""");

        var entry = Assert.Single(await server.AuditAsync(entry => entry.UserName == "mallory"));
        Assert.False(entry.Allowed);
        Assert.Equal(("delete_ticket", "insufficient_scope", "tickets:admin", null), (entry.Tool, entry.Reason, entry.RequiredScopes, entry.Outcome));
        Assert.NotNull(entry.TraceId);
    }

    [Fact]
    public async Task CallThatFails_IsRecordedAsFailed()
    {
        using var response = await server.Http.CallToolAsync(server.TokenWith("tickets:read", "frank"), "get_ticket", """{"id":424242}""");

        Assert.Equal("failed", Assert.Single(await server.AuditAsync(entry => entry.UserName == "frank")).Outcome);
    }

    [Fact]
    public async Task CallWithoutATenant_LeavesARowOfNoTenant()
    {
        var token = server.Token(claims => claims with { Tenant = null, UserName = "nobody" });
        using var response = await server.Http.CallToolAsync(token, "list_tickets");

        var entry = Assert.Single(await server.AuditAsync(entry => entry.UserName == "nobody"));
        Assert.Equal(("", "missing_claim"), (entry.Tenant, entry.Reason));
    }

    [Fact]
    public async Task Row_NeverHoldsTheArgumentsOrTheToken()
    {
        const string secret = "4111 1111 1111 1111";
        var token = server.TokenWith("tickets:write", "gina");
        using var response = await server.Http.CallToolAsync(token, "create_ticket", $$"""{"title":"Card {{secret}}","description":"{{secret}}"}""");

        var row = JsonSerializer.Serialize(Assert.Single(await server.AuditAsync(entry => entry.UserName == "gina")));
        Assert.DoesNotContain(secret, row, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split('.')[2], row, StringComparison.Ordinal);
    }
}
