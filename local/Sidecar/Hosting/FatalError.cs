using System.Runtime.InteropServices;
using McpAspire.Sidecar.CommandLine;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// Why the sidecar does not start: as in daprd a line of level fatal in the log on standard output, which scripts look
/// for. A person at a terminal gets the plain sentence on standard error, and not both on one terminal.
/// </summary>
internal static class FatalError
{
    /// <summary>Held until the process has ended.</summary>
    private static PosixSignalRegistration[] _deaf = [];

    public static void Say(string reason, ParsedArguments arguments)
    {
        // Who waits for the line may send a signal as soon as it is there; the exit code is still that of the failure.
        _deaf = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT]).Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true))];
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(reason);
        }

        if (Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            var format = new LogFormat(arguments.Text("app-id") ?? string.Empty, IsJson: arguments.IsOn("log-as-json"));
            Console.Out.WriteLine(format.Line(TimeProvider.System.GetUtcNow(), LogLevel.Critical, "dapr.runtime", $"Fatal error from runtime: {reason}", []));
        }
    }
}
