using McpAspire.IdentityProvider.Hosting;

namespace McpAspire.IdentityProvider.State;

/// <summary>Saves every realm's state now and then, and at the end.</summary>
internal sealed class StateKeeper(RealmRegistry realms, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                SaveAll();
            }
        }
        catch (OperationCanceledException)
        {
            SaveAll();
        }
    }

    private void SaveAll()
    {
        foreach (var realm in realms.All)
        {
            realm.State?.Save();
        }
    }
}
