using System.Collections.Concurrent;
using System.Diagnostics;

namespace McpAspire.Integration;

/// <summary>The AppHost as a process of its own, as <c>dotnet run --project AppHost</c> starts it.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _line = new(0);

    private AppHostProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public string Output => string.Join('\n', _lines);

    public static AppHostProcess Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(BuiltProgram.Path("AppHost"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Projects.AppHost.ProjectPath,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        var process = new Process { StartInfo = start };
        var appHost = new AppHostProcess(process);
        process.OutputDataReceived += appHost.Keep;
        process.ErrorDataReceived += appHost.Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return appHost;
    }

    /// <summary>Waits until a line of output holds the text.</summary>
    public async Task WaitForOutputAsync(string text, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        while (!_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            try
            {
                await _line.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"No line with '{text}' within {limit.TotalSeconds} s:\n{Output}");
            }
        }
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"The AppHost did not end within {limit.TotalSeconds} s:\n{Output}");
            return -1;
        }
    }

    public Task SignalAsync(string signal) => ProcessTree.SignalAsync(Id, signal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _line.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            _lines.Enqueue(line.Data);
            _line.Release();
        }
    }
}
