namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Forgets what is over, so that memory stays bounded.</summary>
internal sealed class Pruner(RealmRegistry realms, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var realm in realms.All)
            {
                realm.Prune();
            }
        }
    }
}
