namespace McpAspire.Sidecar.Resiliency;

/// <summary>The waits between the tries of one call.</summary>
internal sealed class Backoff(RetryPolicy policy, TimeProvider time, Random random)
{
    // Dapr's, and not to be changed in a resource.
    private const double Multiplier = 1.5;
    private const double Spread = 0.5;
    private static readonly TimeSpan _firstInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _exponentialEnd = TimeSpan.FromMinutes(15);

    private readonly long _started = time.GetTimestamp();
    private TimeSpan _interval = _firstInterval;

    public int Retries { get; private set; }

    /// <summary>False: the last answer or failure is the caller's.</summary>
    public bool TryNext(out TimeSpan wait)
    {
        wait = policy.IsExponential ? NextInterval() : policy.Duration;
        if (policy.MaxRetries >= 0 && Retries >= policy.MaxRetries)
        {
            return false;
        }

        if (policy.IsExponential && time.GetElapsedTime(_started) + wait > _exponentialEnd)
        {
            return false;
        }

        Retries++;
        return true;
    }

    private TimeSpan NextInterval()
    {
        var interval = _interval < policy.MaxInterval ? _interval : policy.MaxInterval;
        _interval = interval * Multiplier;
        return interval * (1 - Spread + (2 * Spread * random.NextDouble()));
    }
}
