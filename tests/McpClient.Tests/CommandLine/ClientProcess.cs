using System.Diagnostics;
using McpAspire.Client.Tests.Fakes;

namespace McpAspire.Client.Tests.CommandLine;

/// <summary>The program as a user starts it.</summary>
internal sealed record ClientProcess(int ExitCode, string Output, string Error)
{
    public static Task<ClientProcess> RunAsync(FakeSidecar sidecar, params string[] arguments)
        => RunAsync([.. arguments, "--sidecar", sidecar.Address.AbsoluteUri], []);

    public static async Task<ClientProcess> RunAsync(string[] arguments, (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "McpClient.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation).WaitAsync(TimeSpan.FromSeconds(120), cancellation);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return new ClientProcess(process.ExitCode, await output, await error);
    }

    private static bool IsOurs(string name)
        => name.StartsWith("DAPR_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal);
}
