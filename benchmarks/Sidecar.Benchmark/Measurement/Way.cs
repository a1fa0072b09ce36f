namespace McpAspire.Benchmarks.Sidecars.Measurement;

/// <summary>A way to the app: where to knock, and which processes stand between.</summary>
internal sealed record Way(string Name, int Port, IReadOnlyList<ServerProcess> Hops, string? AppId = null)
{
    public TimeSpan ProcessorTime => Hops.Aggregate(TimeSpan.Zero, static (sum, hop) => sum + hop.ProcessorTime);
}
