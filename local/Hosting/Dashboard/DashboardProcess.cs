using System.Diagnostics;
using Aspire.Hosting.Dashboard.Bundle;

namespace Aspire.Hosting.Dashboard;

/// <summary>One run of the dashboard's program.</summary>
internal sealed class DashboardProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _output;
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DashboardProcess(Process process, DashboardLog log, Uri frontend)
    {
        _process = process;
        var announcement = $"Now listening on: {frontend.GetLeftPart(UriPartial.Authority)}";
        _output = Task.WhenAll(ReadAsync(process.StandardOutput, log, announcement), ReadAsync(process.StandardError, log, announcement));
    }

    /// <summary>Starts it with its files in <paramref name="home"/>.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static DashboardProcess Start(DashboardBundle bundle, DashboardSettings settings, string home, DashboardLog log)
    {
        var start = new ProcessStartInfo(bundle.Executable)
        {
            WorkingDirectory = home,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in bundle.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        ChildEnvironment.Isolate(start, home);
        settings.ApplyTo(start.Environment);
        return new DashboardProcess(Process.Start(start)!, log, settings.Endpoints.Frontend);
    }

    public int Id => _process.Id;

    /// <summary>Waits for its end.</summary>
    public async Task<DashboardExit> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return new DashboardExit(_process.ExitCode);
    }

    /// <summary>
    /// Waits until it has bound its ports. Its own word is needed: when a port was taken in the meantime,
    /// whoever took it may answer a health check just as well.
    /// </summary>
    public Task WaitUntilListeningAsync(CancellationToken cancellationToken) => _listening.Task.WaitAsync(cancellationToken);

    // It keeps nothing that a gentler end would save.
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, DashboardLog log, string announcement)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            log.Write(line);
            if (line.Contains(announcement, StringComparison.Ordinal))
            {
                _listening.TrySetResult();
            }
        }
    }
}
