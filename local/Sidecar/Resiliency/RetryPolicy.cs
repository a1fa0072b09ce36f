namespace McpAspire.Sidecar.Resiliency;

/// <summary>How often, and after how long, a failed call is sent again.</summary>
internal sealed record RetryPolicy
{
    public bool IsExponential { get; init; }

    /// <summary>Between two tries of a constant policy.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait of an exponential policy.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>-1: for as long as the caller waits.</summary>
    public int MaxRetries { get; init; } = -1;

    public StatusCodeMatch StatusCodes { get; init; } = StatusCodeMatch.Every;

    /// <summary>For an answer of a gRPC app.</summary>
    public StatusCodeMatch GrpcStatusCodes { get; init; } = StatusCodeMatch.Every;

    /// <summary>Dapr's own retry policies, which a target may name.</summary>
    public static IReadOnlyDictionary<string, RetryPolicy> BuiltIn { get; } = new Dictionary<string, RetryPolicy>(StringComparer.Ordinal)
    {
        ["DaprBuiltInServiceRetries"] = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = 3 },
        ["DaprBuiltInActorRetries"] = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = 3 },
        ["DaprBuiltInActorReminderRetries"] = new() { IsExponential = true },
        ["DaprBuiltInActorNotFoundRetries"] = new() { Duration = TimeSpan.FromSeconds(1), MaxRetries = 5 },
        ["DaprBuiltInInitializationRetries"] = new() { IsExponential = true, MaxInterval = TimeSpan.FromSeconds(1), MaxRetries = 3 },
    };

    public Backoff Start(TimeProvider time) => new(this, time, Random.Shared);
}
