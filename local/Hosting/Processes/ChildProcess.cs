using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Processes;

/// <summary>A process that was started, and its output.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 5;
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SupervisorGrace = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly bool _isSupervised;
    private readonly Action<string, bool> _onLine;
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private readonly Queue<string> _lastErrors = new();

    public ChildProcess(Process process, bool isSupervised, Action<string, bool> onLine)
    {
        _process = process;
        _isSupervised = isSupervised;
        _onLine = onLine;
        if (!isSupervised)
        {
            _id.SetResult(process.Id);
        }

        var output = ReadAsync(process.StandardOutput, isError: false);
        var error = ReadAsync(process.StandardError, isError: true);
        Exited = WaitForExitAsync(Task.WhenAll(output, error));
    }

    /// <summary>The exit code, once the process has ended and its output was read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The process id of the program itself.</summary>
    public Task<int> IdAsync() => _id.Task;

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
        if (_isSupervised)
        {
            CutLifeline();
            if (await EndedWithinAsync(ProcessSupervisor.Grace + SupervisorGrace).ConfigureAwait(false))
            {
                return;
            }
        }

        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or AggregateException)
        {
            // It has ended in the meantime.
        }

        await EndedWithinAsync(SupervisorGrace).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private void CutLifeline()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The supervisor has ended.
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

        // A process that outlives its parent may hold the pipe: it is not waited for.
        await Task.WhenAny(output, Task.Delay(OutputGrace)).ConfigureAwait(false);
        _id.TrySetResult(0);
        CutLifeline();
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader, bool isError)
    {
        try
        {
            if (_isSupervised && !isError
                && await reader.ReadLineAsync().ConfigureAwait(false) is { } first
                && int.TryParse(first, CultureInfo.InvariantCulture, out var id))
            {
                _id.TrySetResult(id);
            }

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
