namespace McpAspire.Sidecar.Resiliency;

/// <summary>The policies of calls to one app id; null: none of that sort.</summary>
internal sealed record AppPolicies(TimeSpan? Timeout, RetryPolicy? Retry, CircuitBreakerPolicy? CircuitBreaker, int CacheSize)
{
    public const int DefaultCacheSize = 100;
}
