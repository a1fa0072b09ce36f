using System.CommandLine;
using System.Text.Json;
using ModelContextProtocol;

namespace McpAspire.Client.CommandLine;

/// <summary><c>tools</c>: what the server offers to this identity.</summary>
internal static class ToolsCommand
{
    public static Command Create()
    {
        var command = new Command("tools", "List the tools of the MCP server: name, description, arguments.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await CommandSession.OpenAsync(parsed, cancellationToken);
            var tools = await session.Server.ListToolsAsync(cancellationToken: cancellationToken);
            if (parsed.WantsJson())
            {
                var definitions = tools.Select(tool => tool.ProtocolTool).ToArray();
                Console.Out.WriteLine(JsonSerializer.Serialize(definitions, ResultJson.Protocol));
            }
            else
            {
                Console.Out.WriteLine(ToolText.List(tools.Select(tool => tool.ProtocolTool)));
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
