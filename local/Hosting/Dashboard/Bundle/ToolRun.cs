using System.ComponentModel;
using System.Diagnostics;

namespace Aspire.Hosting.Dashboard.Bundle;

/// <summary>Runs a command line tool to its end.</summary>
internal static class ToolRun
{
    /// <summary>The tool and what it started are killed when the time is up or the token fires.</summary>
    public static async Task<ToolResult> RunAsync(ProcessStartInfo start, TimeSpan limit, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return new ToolResult(null, "", $"'{start.FileName}' cannot be started: {exception.Message}");
        }

        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(limit);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(linked.Token);
            var error = process.StandardError.ReadToEndAsync(linked.Token);
            await process.WaitForExitAsync(linked.Token);
            return new ToolResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return new ToolResult(null, "", $"no answer within {limit.TotalSeconds:0} s");
        }
    }
}
