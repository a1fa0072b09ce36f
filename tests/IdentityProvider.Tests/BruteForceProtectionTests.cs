using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Realm;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Keycloak's formula: the wait grows with the multiples of the failure factor, up to a limit.</summary>
public sealed class BruteForceProtectionTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    [Fact]
    public void Failed_TwiceWithinASecond_LocksForAMinute()
    {
        var protection = Create();
        Assert.False(protection.Failed("bob"));
        Assert.True(protection.Failed("bob"));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(protection.IsLocked("bob"));
        Assert.False(protection.IsLocked("alice"));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(protection.IsLocked("bob"));
    }

    [Fact]
    public void Failed_AtMultiplesOfTheFactor_WaitsLongerUpToTheLimit()
    {
        var protection = Create();
        var waits = new List<int>();
        for (var i = 1; i <= 200; i++)
        {
            protection.Failed("bob");
            var wait = 0;
            while (protection.IsLocked("bob"))
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                wait++;
            }

            waits.Add(wait);
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.All(waits.Take(9), wait => Assert.Equal(0, wait));
        Assert.InRange(waits[9], 60, 61);
        Assert.InRange(waits[19], 120, 121);
        Assert.InRange(waits[199], 900, 901);
    }

    [Fact]
    public void Succeeded_ForgetsFailures()
    {
        var protection = Create();
        protection.Failed("bob");
        protection.Succeeded("bob");
        Assert.False(protection.Failed("bob"));
    }

    [Fact]
    public void Failed_LongAfterTheLastOne_StartsFromNothing()
    {
        var protection = Create();
        for (var i = 0; i < 9; i++)
        {
            protection.Failed("bob");
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        _clock.Advance(TimeSpan.FromHours(13));
        Assert.False(protection.Failed("bob"));
    }

    private BruteForceProtection Create() => new(
        new BruteForceSettings { Enabled = true, FailureFactor = 10, WaitIncrement = 60, MaxWait = 900, MinimumQuickWait = 60, QuickCheckMilliseconds = 1000, MaxDelta = 43200 },
        _clock);
}
