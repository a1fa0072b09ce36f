using System.Diagnostics;

namespace Aspire.Hosting.Processes;

/// <summary>A process that was started, and its output.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>How long a process has between the request to end and its end by force.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private const int LinesKept = 5;
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForceGrace = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly Action<string, bool> _onLine;
    private readonly ProcessGuard _guard;
    private readonly Queue<string> _lastLines = new();
    private readonly Queue<string> _lastErrors = new();

    public ChildProcess(Process process, Action<string, bool> onLine, ProcessGuard guard)
    {
        _process = process;
        _onLine = onLine;
        _guard = guard;
        Id = process.Id;
        Exited = WaitForExitAsync(Task.WhenAll(
            ReadAsync(process.StandardOutput, isError: false),
            ReadAsync(process.StandardError, isError: true)));
    }

    /// <summary>The process id, which is the id of its group too.</summary>
    public int Id { get; }

    /// <summary>The exit code, once the process has ended and its output was read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines that the process wrote, those of its standard error if there are any.</summary>
    public IReadOnlyList<string> LastLines()
    {
        lock (_lastLines)
        {
            return [.. _lastErrors.Count > 0 ? _lastErrors : _lastLines];
        }
    }

    /// <summary>Asks the process to end, and ends it by force after a grace.</summary>
    public async Task StopAsync()
    {
        if (SessionLauncher.HasGroups)
        {
            ProcessGroup.AskToEnd(Id);
            if (await EndedWithinAsync(Grace).ConfigureAwait(false))
            {
                return;
            }

            ProcessGroup.End(Id);
        }
        else
        {
            EndTree();
        }

        await EndedWithinAsync(ForceGrace).ConfigureAwait(false);
    }

    public void Dispose() => _process.Dispose();

    private void EndTree()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or AggregateException)
        {
            // It has ended in the meantime.
        }
    }

    private async Task<bool> EndedWithinAsync(TimeSpan time)
    {
        try
        {
            await Exited.WaitAsync(time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<int> WaitForExitAsync(Task output)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        if (SessionLauncher.HasGroups)
        {
            // What it started and left behind.
            ProcessGroup.End(Id);
            _guard.Ended(Id);
        }

        // A process that escaped may still hold the pipe: it is not waited for.
        await Task.WhenAny(output, Task.Delay(OutputGrace)).ConfigureAwait(false);
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader, bool isError)
    {
        try
        {
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                Keep(line, isError);
                _onLine(line, isError);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe is gone with the process.
        }
    }

    private void Keep(string line, bool isError)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_lastLines)
        {
            var lines = isError ? _lastErrors : _lastLines;
            lines.Enqueue(line);
            if (lines.Count > LinesKept)
            {
                lines.Dequeue();
            }
        }
    }
}
