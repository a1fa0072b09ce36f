namespace McpAspire.Sidecar.Hosting;

/// <summary>Says once that the sidecar stops: from then on no call is accepted.</summary>
internal sealed class SidecarLifetime(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private long? _stopped;

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>How long ago it was said.</summary>
    public TimeSpan SinceStop
    {
        get
        {
            lock (_lock)
            {
                return _stopped is { } stopped ? time.GetElapsedTime(stopped) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>The time is noted first: who hears of it may be at the end before the next one hears of it.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped ??= time.GetTimestamp();
        }

        _stopping.Cancel();
    }

    public void Dispose() => _stopping.Dispose();
}
