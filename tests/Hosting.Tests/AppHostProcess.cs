using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Tests;

/// <summary>The fixture AppHost as a process of its own, as <c>dotnet run</c> starts it.</summary>
internal sealed partial class AppHostProcess : IDisposable
{
    private const int Interrupt = 2;

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    public AppHostProcess(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "FixtureHost.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _lines);

    public async Task WaitForOutputAsync(string text, TimeSpan deadline)
        => await Poll.UntilAsync(() => Output.Contains(text, StringComparison.Ordinal), deadline, $"output '{text}', but got: {Output}");

    public async Task<int> WaitForExitAsync(TimeSpan deadline)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(deadline, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void SendInterrupt() => Kill(_process.Id, Interrupt);

    public void KillHard() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
