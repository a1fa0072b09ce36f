namespace McpAspire.Sidecar.Metrics;

/// <summary>A number that is what it was last set to.</summary>
internal sealed class Gauge
{
    private long _value;

    public long Value
    {
        get => Interlocked.Read(ref _value);
        set => Interlocked.Exchange(ref _value, value);
    }
}
