namespace McpAspire.Sidecar.Resiliency;

/// <summary>The policies of calls to one app id, or of one component and direction; null: none of that sort.</summary>
internal sealed record TargetPolicies(TimeSpan? Timeout, RetryPolicy? Retry, CircuitBreakerPolicy? CircuitBreaker, int CacheSize, ResiliencyName Source)
{
    public const int DefaultCacheSize = 100;
}

/// <summary>Of the document that policies come from.</summary>
internal sealed record ResiliencyName(string Name, string Namespace);
