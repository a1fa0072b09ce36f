namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Keeps the dashboard running: it aborts by itself, for example a minute after a browser vanished while
/// the resource service was away.
/// </summary>
internal sealed class DashboardSupervisor(DashboardLauncher launcher, TimeProvider time, Action<string> say)
{
    private const int MostRestarts = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    // Long enough for Ctrl+C, which reaches the dashboard and the engine at once, to be known here.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly Queue<long> _restarts = new();

    /// <summary>Watches <paramref name="process"/> and its successors until <paramref name="stopping"/> fires.</summary>
    public async Task RunAsync(DashboardProcess process, CancellationToken stopping)
    {
        DashboardProcess? current = process;
        try
        {
            while (current is not null)
            {
                var exit = await current.WaitForExitAsync(stopping);
                await current.DisposeAsync();
                current = await RestartAsync(exit, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        finally
        {
            if (current is not null)
            {
                await current.DisposeAsync();
            }
        }
    }

    private async Task<DashboardProcess?> RestartAsync(DashboardExit exit, CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(RestartDelay, time, stopping);
            if (exit.IsFinal || !MayRestart())
            {
                say($"it stays stopped: {exit.Reason}; its log is {launcher.Log.Path}");
                return null;
            }

            say($"starting it again: {exit.Reason}");
            try
            {
                (var process, var early) = await launcher.StartAsync(stopping);
                if (process is not null)
                {
                    return process;
                }

                exit = early!;
            }
            catch (DashboardFailure failure)
            {
                say($"it stays stopped: {failure.Message}; its log is {launcher.Log.Path}");
                return null;
            }
        }
    }

    private bool MayRestart()
    {
        var now = time.GetTimestamp();
        while (_restarts.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) > Window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count == MostRestarts)
        {
            return false;
        }

        _restarts.Enqueue(now);
        return true;
    }
}
