using McpAspire.Sidecar.Resiliency;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Resiliency;

public sealed class BackoffTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Constant_WaitsTheSameEveryTime_AsOftenAsAllowed()
    {
        var backoff = new RetryPolicy { Duration = TimeSpan.FromSeconds(2), MaxRetries = 2 }.Start(_time);

        Assert.True(backoff.TryNext(out var first));
        Assert.True(backoff.TryNext(out var second));
        Assert.False(backoff.TryNext(out _));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)), (first, second));
    }

    [Fact]
    public void Exponential_GrowsByHalf_UpToItsLongestWait()
    {
        var backoff = new Backoff(new RetryPolicy { IsExponential = true, MaxInterval = TimeSpan.FromSeconds(1) }, _time, new Middle());
        var waits = Enumerable.Range(0, 4).Select(_ => backoff.TryNext(out var wait) ? wait.TotalMilliseconds : -1).ToArray();

        Assert.Equal([500, 750, 1000, 1000], waits);
    }

    [Fact]
    public void Exponential_IsSpread_HalfUpAndDown()
    {
        for (var round = 0; round < 100; round++)
        {
            Assert.True(new RetryPolicy { IsExponential = true }.Start(_time).TryNext(out var wait));
            Assert.InRange(wait.TotalMilliseconds, 250, 750);
        }
    }

    [Fact]
    public void Exponential_WithoutANumber_EndsAfterAQuarterOfAnHour()
    {
        var backoff = new RetryPolicy { IsExponential = true }.Start(_time);
        Assert.True(backoff.TryNext(out _));

        _time.Advance(TimeSpan.FromMinutes(15));

        Assert.False(backoff.TryNext(out _));
    }

    [Theory]
    [InlineData("500-599", 503, true)]
    [InlineData("500-599", 404, false)]
    [InlineData("429,500-599", 429, true)]
    [InlineData("", 404, true)]
    public void Matching_CoversItsCodes(string text, int status, bool expected)
    {
        Assert.True(StatusCodeMatch.TryParse(text, 100, 599, out var match));
        Assert.Equal(expected, match.Covers(status));
    }

    [Theory]
    [InlineData("500, 502")]
    [InlineData("5xx")]
    [InlineData("599-500")]
    [InlineData("99")]
    [InlineData("500-502-504")]
    [InlineData("-1")]
    public void Matching_ThatDaprdCannotRead_IsRefused(string text) => Assert.False(StatusCodeMatch.TryParse(text, 100, 599, out _));

    private sealed class Middle : Random
    {
        public override double NextDouble() => 0.5;
    }
}
