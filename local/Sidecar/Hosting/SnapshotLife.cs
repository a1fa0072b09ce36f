namespace McpAspire.Sidecar.Hosting;

/// <summary>Runs the warm-ups of one snapshot for as long as it is the current one.</summary>
internal sealed class SnapshotLife : IDisposable
{
    private readonly CancellationTokenSource _end;

    public SnapshotLife(RuntimeSnapshot snapshot, CancellationToken stopping)
    {
        Snapshot = snapshot;
        _end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        foreach (var warmUp in snapshot.WarmUps)
        {
            _ = RunAsync(warmUp, _end.Token);
        }
    }

    public RuntimeSnapshot Snapshot { get; }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private static async Task RunAsync(Pipeline.IWarmUp warmUp, CancellationToken cancellationToken)
    {
        try
        {
            await warmUp.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Another snapshot took its place, or the sidecar stops.
        }
    }
}
