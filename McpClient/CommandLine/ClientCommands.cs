using System.Collections;
using System.CommandLine;

namespace McpAspire.Client.CommandLine;

/// <summary>The root of the command line.</summary>
internal sealed class ClientCommands : IEnumerable<Command>
{
    private readonly RootCommand root = new(
        "MCP client of the stack: web console, unattended agent and command line. " + ExitCodes.Legend)
    {
        GlobalOptions.Output,
        GlobalOptions.Sidecar,
        GlobalOptions.AppId,
    };

    public void Add(Command command) => root.Add(command);

    public IEnumerator<Command> GetEnumerator() => root.Subcommands.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Runs the command and returns the exit code; every failure is one sentence.</summary>
    public async Task<int> RunAsync(string[] args)
    {
        var parsed = root.Parse(args);
        var failures = new FailureReport(WantsJson(args));
        if (parsed.Errors.Count > 0)
        {
            return failures.Usage(string.Join(" ", parsed.Errors.Select(error => error.Message)), "Run with --help to see what is allowed.");
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return failures.Report(exception);
        }
    }

    // Read from the raw words: it must be known also when the rest cannot be parsed.
    private static bool WantsJson(string[] args)
    {
        for (var index = 0; index < args.Length; index++)
        {
            if (args[index] is "--output" or "-o" && index + 1 < args.Length && IsJson(args[index + 1]))
            {
                return true;
            }

            if ((args[index].StartsWith("--output=", StringComparison.Ordinal) || args[index].StartsWith("-o=", StringComparison.Ordinal))
                && IsJson(args[index][(args[index].IndexOf('=', StringComparison.Ordinal) + 1)..]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsJson(string value) => value.Equals("json", StringComparison.OrdinalIgnoreCase);
}
