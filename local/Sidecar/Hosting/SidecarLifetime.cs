namespace McpAspire.Sidecar.Hosting;

/// <summary>Says once that the sidecar stops: from then on no call is accepted.</summary>
internal sealed class SidecarLifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken Stopping => _stopping.Token;

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
