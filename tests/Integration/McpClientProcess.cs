using System.Diagnostics;

namespace McpAspire.Integration;

/// <summary>The command line of the MCP client, as a person at a terminal runs it.</summary>
internal static class McpClientProcess
{
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(Uri sidecar, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(BuiltProgram.Path("McpClient"), [.. arguments, "--sidecar", sidecar.GetLeftPart(UriPartial.Authority)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
