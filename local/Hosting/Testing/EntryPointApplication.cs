namespace Aspire.Hosting.Testing;

/// <summary>The application of an entry point: it runs there, and the test says when.</summary>
internal sealed class EntryPointApplication(EntryPointRun run, DistributedApplication inner) : DistributedApplication(inner)
{
    private static readonly TimeSpan EntryPointGrace = TimeSpan.FromSeconds(10);

    public override Task StartAsync(CancellationToken cancellationToken = default)
    {
        run.Gate.LetStart();
        return run.Gate.Startup.WaitAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken = default) => inner.StopAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (run.Gate.Startup.IsCompletedSuccessfully)
        {
            await inner.StopAsync().ConfigureAwait(false);
        }

        run.Gate.Abandon();
        await Task.WhenAny(run.Ended, Task.Delay(EntryPointGrace)).ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
    }
}
