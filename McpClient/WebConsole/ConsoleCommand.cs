using System.CommandLine;
using McpAspire.Client.CommandLine;

namespace McpAspire.Client.WebConsole;

/// <summary><c>console</c>: the web page for people.</summary>
internal static class ConsoleCommand
{
    public static Command Create()
    {
        var command = new Command("console", "Serve the web console (default http://localhost:5100), where people sign in through the console's sidecar.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = ConsoleApp.Build(parsed.GetSidecar(), []);
            await app.RunAsync(cancellationToken);
            return ExitCodes.Ok;
        });
        return command;
    }
}
