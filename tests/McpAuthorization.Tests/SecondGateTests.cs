using McpAspire.McpAuthorization.Auditing;
using McpAspire.McpAuthorization.Policies;
using McpAspire.McpAuthorization.Tests.Infrastructure;

namespace McpAspire.McpAuthorization.Tests;

/// <summary>The endpoint stands without <c>RequireMcpAuthorization</c>: only the gate in the server is left.</summary>
public sealed class SecondGateTests
{
    [Theory]
    [InlineData("write", "sub=alice;scope=things:read", "The tool 'write' needs the scope things:write.", RefusalReasons.InsufficientScope)]
    [InlineData("read", null, "A valid access token is needed.", RefusalReasons.NotAuthenticated)]
    [InlineData("open_to_all", null, "A valid access token is needed.", RefusalReasons.NotAuthenticated)]
    [InlineData("open_to_all", "scope=things:write", "The access token has no 'sub' claim.", RefusalReasons.MissingClaim)]
    [InlineData("forgotten", "sub=alice;scope=things:write", "The tool 'forgotten' is not open to anybody: no policy names it.", RefusalReasons.NoPolicy)]
    [InlineData("missing", "sub=alice;scope=things:write", "Unknown tool: 'missing'", RefusalReasons.UnknownTool)]
    public async Task Call_ThatIsNotAllowed_IsRefusedByTheServerItself(string tool, string? token, string message, string reason)
    {
        await using var server = await ProtectedServer.StartAsync(withMiddleware: false);

        using var response = await server.CallAsync(tool, token);

        Assert.Equal(message, await ProtectedServer.ErrorAsync(response));
        Assert.Empty(server.Ran);
        Assert.Equal(reason, Assert.Single(server.Auditor.Calls).Reason);
        Assert.Empty(server.Auditor.Outcomes);
    }

    [Fact]
    public async Task Call_WithItsNameInCapitals_IsRefusedByTheServerItself()
    {
        await using var server = await ProtectedServer.StartAsync(withMiddleware: false);

        // An older client sends no Mcp-Name that would have to match, and the SDK reads the name in any case.
        using var response = await server.PostAsync(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"NAME":"write"}}""", "sub=alice;scope=things:read", tool: null);

        Assert.Equal("The tool 'write' needs the scope things:write.", await ProtectedServer.ErrorAsync(response));
        Assert.Empty(server.Ran);
    }

    [Fact]
    public async Task Call_ThatIsAllowed_RunsOnceAndIsAccountedFor()
    {
        await using var server = await ProtectedServer.StartAsync();

        using var response = await server.CallAsync("write", "sub=alice;scope=things:write;tenant=contoso;azp=console;preferred_username=Alice");
        await ProtectedServer.AnswerAsync(response);

        Assert.Equal(["write"], server.Ran);
        var call = Assert.Single(server.Auditor.Calls);
        Assert.True(call.Allowed);
        Assert.Equal(("alice", "Alice", "contoso", "console", "write"), (call.Subject, call.UserName, call.Tenant, call.Client, call.Tool));
        Assert.Equal([(call.CallId, ToolCallOutcome.Succeeded)], server.Auditor.Outcomes);
    }

    [Fact]
    public async Task Call_ThatThrows_IsAccountedForAsFailed()
    {
        await using var server = await ProtectedServer.StartAsync();

        using var response = await server.CallAsync("broken", "sub=alice");
        await ProtectedServer.AnswerAsync(response);

        Assert.Equal(ToolCallOutcome.Failed, Assert.Single(server.Auditor.Outcomes).Outcome);
    }

    [Fact]
    public async Task Call_ThatCannotBeRecorded_IsNotMade()
    {
        await using var server = await ProtectedServer.StartAsync();
        server.Auditor.Broken = new IOException("disk full");

        using var response = await server.CallAsync("write", "sub=alice;scope=things:write");

        Assert.Equal("The call could not be recorded in the audit trail and was not made.", await ProtectedServer.ErrorAsync(response));
        Assert.Empty(server.Ran);
    }
}
