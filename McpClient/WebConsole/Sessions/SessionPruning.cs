namespace McpAspire.Client.WebConsole.Sessions;

/// <summary>Drops ended sessions also when nobody comes back for them.</summary>
internal sealed class SessionPruning(SessionStore store, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            store.Prune();
        }
    }
}
