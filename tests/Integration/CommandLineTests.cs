using System.Text.Json;
using McpAspire.Testing;

namespace McpAspire.Integration;

/// <summary>The command line calls the protected server through a sidecar that holds the token.</summary>
public sealed class CommandLineTests(StackFixture stack)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tools_ListsEveryToolOfTheServer()
    {
        var (exitCode, output, error) = await McpClientProcess.RunAsync(stack.AgentSidecar, Cancellation, "tools");

        Assert.True(exitCode == 0, error);
        foreach (var tool in new[] { "whoami", "list_tickets", "get_ticket", "create_ticket", "comment_ticket", "close_ticket", "delete_ticket" })
        {
            Assert.Contains(tool, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Call_CreatesATicket_AndPrintsJson()
    {
        var (exitCode, output, error) = await McpClientProcess.RunAsync(
            stack.AgentSidecar, Cancellation, "call", "create_ticket", "--arg", "title=Printer is on fire", "--arg", "description=Since this morning", "--output", "json");

        Assert.True(exitCode == 0, error);
        using var json = JsonDocument.Parse(output);
        Assert.Contains("Printer is on fire", json.RootElement.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "call", "creat_ticket" }, "create_ticket")]
    [InlineData(new[] { "call", "get_ticket", "--arg", "idd=1" }, "id")]
    [InlineData(new[] { "call", "get_ticket" }, "id")]
    public async Task Call_UnknownToolOrArgument_NamesWhatIsAllowed(string[] arguments, string hint)
    {
        var (exitCode, _, error) = await McpClientProcess.RunAsync(stack.AgentSidecar, Cancellation, arguments);

        Assert.Equal(2, exitCode);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_BeyondTheAgentsScopes_IsRefused()
    {
        var (exitCode, _, error) = await McpClientProcess.RunAsync(stack.AgentSidecar, Cancellation, "call", "delete_ticket", "--arg", "id=1");

        Assert.Equal(3, exitCode);
        Assert.Contains("tickets:admin", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ThroughTheConsolesSidecar_AsksToSignIn()
    {
        var (exitCode, _, error) = await McpClientProcess.RunAsync(stack.ConsoleSidecar, Cancellation, "call", "whoami");

        Assert.Equal(3, exitCode);
        Assert.Contains("sign", error, StringComparison.OrdinalIgnoreCase);
    }
}
