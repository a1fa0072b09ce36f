namespace McpAspire.Sidecar.CommandLine;

/// <summary>A command line that cannot be obeyed; <see cref="ExitCode"/> is 2 for a wrong usage and 1 for a wrong value, as daprd's.</summary>
internal sealed class CommandLineException(string message, int exitCode = 1) : Exception(message)
{
    public const int WrongUsage = 2;

    public int ExitCode { get; } = exitCode;
}
