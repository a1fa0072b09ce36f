using System.CommandLine;
using McpAspire.Client.Sidecar;
using McpAspire.Client.Tickets;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.CommandLine;

/// <summary><c>call</c>: one tool call, checked against the tool's schema before it is sent.</summary>
internal static class CallCommand
{
    private static readonly Argument<string> Tool = new("tool") { Description = "Name of the tool, as 'tools' lists it." };

    private static readonly Option<string[]> Arguments = new("--arg", "-a")
    {
        Description = "An argument of the tool; repeat it for more, or for the items of a list.",
        HelpName = "name=value",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    public static Command Create()
    {
        var command = new Command("call", "Call a tool of the MCP server.") { Tool, Arguments };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await CommandSession.OpenAsync(parsed, cancellationToken);
            var tools = await session.Server.ListToolsAsync(cancellationToken: cancellationToken);
            var tool = ToolArguments.FindTool([.. tools.Select(tool => tool.ProtocolTool)], parsed.GetRequiredValue(Tool));
            var arguments = ToolArguments.Bind(tool, parsed.GetValue(Arguments) ?? []);

            var result = await CallAsync(session.Server, tool.Name, arguments, cancellationToken);
            var failed = result.IsError == true;
            if (parsed.WantsJson())
            {
                Console.Out.WriteLine(ResultJson.Of(result));
            }
            else
            {
                (failed ? Console.Error : Console.Out).WriteLine(ResultText.Of(result));
            }

            return failed ? ExitCodes.ToolError : ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<CallToolResult> CallAsync(
        McpClient server, string tool, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await server.CallToolAsync(tool, arguments, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (tool != TicketTools.WhoAmI && exception.Find<InsufficientScopeException>() is { } refusal)
        {
            // The server asks for everything again; what the person wants to know is what is missing.
            var identity = await new TicketTools(server).WhoAmIAsync(cancellationToken);
            throw new InsufficientScopeException(
                $"{tool} needs {refusal.MissingFrom(identity.Scopes)}, which {identity.User} does not have.", refusal.RequiredScope);
        }
    }
}
