using System.Collections.Concurrent;

namespace McpAspire.Sidecar.Middleware.RateLimit;

/// <summary>A token bucket for each key, refilled steadily. Buckets that are full again are forgotten.</summary>
internal sealed class TokenBuckets(double perSecond, TimeProvider time)
{
    /// <summary>Keys come from callers: without a bound they could fill the memory.</summary>
    private const int MaxBuckets = 10_000;

    private readonly ConcurrentDictionary<(string Caller, string Path), Bucket> _buckets = new();
    private readonly double _capacity = Math.Max(1, perSecond);

    /// <summary>Takes a token; <paramref name="remaining"/> is what is left after it.</summary>
    public bool TryTake(string caller, string path, out int remaining)
    {
        var bucket = _buckets.GetOrAdd((caller, path), static (_, state) => new Bucket(state.Capacity, state.Now), (Capacity: _capacity, Now: time.GetTimestamp()));
        bool taken;
        lock (bucket)
        {
            var now = time.GetTimestamp();
            bucket.Tokens = Math.Min(_capacity, bucket.Tokens + (time.GetElapsedTime(bucket.RefilledAt, now).TotalSeconds * perSecond));
            bucket.RefilledAt = now;
            taken = bucket.Tokens >= 1;
            bucket.Tokens -= taken ? 1 : 0;
            remaining = (int)bucket.Tokens;
        }

        if (_buckets.Count > MaxBuckets)
        {
            Forget();
        }

        return taken;
    }

    private void Forget()
    {
        var full = TimeSpan.FromSeconds(_capacity / perSecond);
        foreach (var (key, bucket) in _buckets)
        {
            if (time.GetElapsedTime(bucket.RefilledAt) > full)
            {
                _buckets.TryRemove(key, out _);
            }
        }
    }

    private sealed class Bucket(double tokens, long refilledAt)
    {
        public double Tokens { get; set; } = tokens;

        public long RefilledAt { get; set; } = refilledAt;
    }
}
