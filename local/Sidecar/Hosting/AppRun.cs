using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The sidecar with an app as its child, as <c>dapr run … -- command</c>: its variables, its notes in the metadata, its words on the console.</summary>
internal sealed class AppRun(SidecarOptions options, MetadataApi metadata, ShutdownSequence shutdown, SidecarLifetime lifetime)
{
    /// <summary>Runs the app until it or the sidecar ends.</summary>
    /// <returns>The exit code of <c>dapr run</c>.</returns>
    public async Task<int> RunAsync(Task stopped)
    {
        using var child = AppProcess.Start(options);
        var command = string.Join(' ', options.AppCommand);
        metadata.Set("cliPID", $"{Environment.ProcessId}");
        metadata.Set("appPID", $"{child.Id}");
        metadata.Set("appCommand", command);
        Console.Out.WriteLine("Dapr sidecar is up and running.");
        Console.Out.WriteLine($"Updating metadata for appPID: {child.Id}");
        Console.Out.WriteLine($"Updating metadata for app command: {command}");
        Console.Out.WriteLine("You're up and running! Both Dapr and your app logs will appear here.");

        var exit = child.WaitAsync(CancellationToken.None);
        await Task.WhenAny(stopped, exit);
        if (!exit.IsCompleted)
        {
            await child.StopAsync();
            await stopped;
            return End(shutdown.ExitCode());
        }

        var code = await exit;
        Console.Out.WriteLine(code == 0 ? "Exited App successfully" : $"The App process exited with error code: {code}");
        lifetime.Stop();
        await stopped;
        End(shutdown.ExitCode());
        if (code == 0)
        {
            return 0;
        }

        await Console.Error.WriteLineAsync($"Error exiting App: app exited with status {code}");
        return 1;
    }

    private static int End(int code)
    {
        Console.Out.WriteLine(code == 0 ? "Exited Dapr successfully" : $"Error exiting Dapr: exit status {code}");
        return code;
    }
}
