using McpAspire.Sidecar.Middleware.RateLimit;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Middleware;

/// <summary>The count behind the rate limit, with a clock that stands still.</summary>
public sealed class TokenBucketsTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Calls_AboveTheLimit_AreRefused_UntilTimePasses()
    {
        var buckets = new TokenBuckets(2, _clock);

        Assert.True(buckets.TryTake("a", "/x", out var first));
        Assert.True(buckets.TryTake("a", "/x", out var second));
        Assert.False(buckets.TryTake("a", "/x", out _));
        Assert.Equal((1, 0), (first, second));

        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(buckets.TryTake("a", "/x", out _));
        Assert.False(buckets.TryTake("a", "/x", out _));
    }

    [Fact]
    public void Callers_AndPaths_HaveALimitEach()
    {
        var buckets = new TokenBuckets(1, _clock);

        Assert.True(buckets.TryTake("a", "/x", out _));
        Assert.True(buckets.TryTake("b", "/x", out _));
        Assert.True(buckets.TryTake("a", "/y", out _));
        Assert.False(buckets.TryTake("a", "/x", out _));
    }

    [Fact]
    public void Rate_BelowOne_StillAdmitsACall()
    {
        var buckets = new TokenBuckets(0.5, _clock);

        Assert.True(buckets.TryTake("a", "/x", out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(buckets.TryTake("a", "/x", out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(buckets.TryTake("a", "/x", out _));
    }
}
