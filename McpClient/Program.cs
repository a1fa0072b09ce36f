using McpAspire.Client.Agent;
using McpAspire.Client.CommandLine;
using McpAspire.Client.WebConsole;

// The MCP client of the stack in three modes. None of them holds an OAuth token: the sidecar does.
var commands = new ClientCommands
{
    ConsoleCommand.Create(), // a web page for people, who sign in through the sidecar
    AgentCommand.Create(), // unattended, with the sidecar's own identity
    ToolsCommand.Create(), // what the server offers
    CallCommand.Create(), // one call
};

return await commands.RunAsync(args);
