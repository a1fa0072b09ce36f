using System.Collections.Concurrent;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Login;

/// <summary>Keycloak's brute force detection, strategy MULTIPLE: the longer one guesses, the longer one waits.</summary>
internal sealed class BruteForceProtection(BruteForceSettings settings, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Failures> _failures = new();

    public bool IsLocked(string userId)
        => settings.Enabled && _failures.TryGetValue(userId, out var failures) && failures.LockedUntil > clock.GetUtcNow();

    /// <summary>Counts a wrong password; true when it locked the user.</summary>
    public bool Failed(string userId)
    {
        if (!settings.Enabled)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var failures = _failures.AddOrUpdate(
            userId, _ => new Failures(1, now, DateTimeOffset.MinValue), (_, before) => Count(before, now));
        return failures.LockedUntil > now;
    }

    public void Succeeded(string userId) => _failures.TryRemove(userId, out _);

    public void Prune()
    {
        var now = clock.GetUtcNow();
        foreach (var item in _failures.Where(item => IsForgotten(item.Value, now)))
        {
            _failures.TryRemove(item);
        }
    }

    private Failures Count(Failures before, DateTimeOffset now)
    {
        var count = IsForgotten(before, now) ? 1 : before.Count + 1;
        var wait = Math.Min(settings.MaxWait, settings.WaitIncrement * (count / settings.FailureFactor));
        if (wait == 0 && count > 1 && (now - before.Last).TotalMilliseconds < settings.QuickCheckMilliseconds)
        {
            wait = settings.MinimumQuickWait;
        }

        return new Failures(count, now, wait > 0 ? now.AddSeconds(wait) : before.LockedUntil);
    }

    private bool IsForgotten(Failures failures, DateTimeOffset now)
        => failures.LockedUntil < now && now > failures.Last.AddSeconds(settings.MaxDelta);

    private sealed record Failures(int Count, DateTimeOffset Last, DateTimeOffset LockedUntil);
}
