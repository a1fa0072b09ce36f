namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Keeps the dashboard running: it aborts by itself, for example a minute after a browser vanished while
/// the resource service was away.
/// </summary>
internal sealed class DashboardSupervisor(DashboardLauncher launcher, TimeProvider time, Action<string> say)
{
    private const int MostRestarts = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly Queue<long> _restarts = new();

    /// <summary>Watches <paramref name="process"/> and its successors, and ends them.</summary>
    /// <param name="process">The dashboard that runs.</param>
    /// <param name="closing">Fires when the application begins to stop: Ctrl+C ends the dashboard too, and that is no reason to start it again.</param>
    /// <param name="stopping">Fires when the dashboard has to go.</param>
    public async Task RunAsync(DashboardProcess process, CancellationToken closing, CancellationToken stopping)
    {
        using var restarting = CancellationTokenSource.CreateLinkedTokenSource(closing, stopping);
        DashboardProcess? current = process;
        try
        {
            while (current is not null)
            {
                var exit = await current.WaitForExitAsync(stopping);
                await current.DisposeAsync();
                current = null;
                current = await RestartAsync(exit, restarting.Token);
            }
        }
        catch (OperationCanceledException) when (restarting.IsCancellationRequested)
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

    private async Task<DashboardProcess?> RestartAsync(DashboardExit exit, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(RestartDelay, time, cancellationToken);
            if (exit.IsFinal || !MayRestart())
            {
                say($"it stays stopped: {exit.Reason}; its log is {launcher.Log.Path}");
                return null;
            }

            say($"starting it again: {exit.Reason}");
            try
            {
                (var process, var early) = await launcher.StartAsync(cancellationToken);
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
