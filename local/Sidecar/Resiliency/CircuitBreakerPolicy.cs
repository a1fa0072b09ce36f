namespace McpAspire.Sidecar.Resiliency;

/// <summary>When calls to a failing target are no longer sent, and when they are tried again.</summary>
internal sealed record CircuitBreakerPolicy
{
    /// <summary>Calls let through while it is half-open, and successes that close it.</summary>
    public int MaxRequests { get; init; } = 1;

    /// <summary>After which the counts of the closed state begin anew; zero: never.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>How long it stays open.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    public TripCondition Trip { get; init; } = TripCondition.Default;
}
