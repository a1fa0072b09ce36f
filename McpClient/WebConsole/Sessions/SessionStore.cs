using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace McpAspire.Client.WebConsole.Sessions;

/// <summary>The signed-in browsers, in memory: like the sidecar's own sessions they end with the process.</summary>
internal sealed class SessionStore(ConsoleOptions options, TimeProvider time)
{
    /// <summary>A bound on what strangers can make this process keep.</summary>
    public const int MaxSessions = 10_000;

    private const int IdBytes = 32;

    private readonly ConcurrentDictionary<string, ConsoleSession> sessions = new(StringComparer.Ordinal);

    public int Count => sessions.Count;

    /// <summary>Starts the wait for a sign-in; null when no more browsers can be kept.</summary>
    public ConsoleSession? Begin(string sidecarSession, PendingSignIn pending)
    {
        if (sessions.Count >= MaxSessions)
        {
            Prune();
            if (sessions.Count >= MaxSessions)
            {
                return null;
            }
        }

        return Add(sidecarSession, pending, options.SignInLifetime);
    }

    /// <summary>Ends the wait. The id is a new one: whoever knew the old one before the sign-in knows nothing now.</summary>
    public ConsoleSession? Complete(ConsoleSession pending, string sidecarSession)
        => sessions.TryRemove(pending.Id, out _) ? Add(sidecarSession, pending: null, options.SessionLifetime) : null;

    public ConsoleSession? Find(string? id)
    {
        if (id is null || !sessions.TryGetValue(id, out var session))
        {
            return null;
        }

        if (session.ExpiresAt > time.GetUtcNow())
        {
            return session;
        }

        Forget(session.Id);
        return null;
    }

    public void Forget(string id) => sessions.TryRemove(id, out _);

    public void Prune()
    {
        var now = time.GetUtcNow();
        foreach (var session in sessions.Values.Where(session => session.ExpiresAt <= now))
        {
            sessions.TryRemove(session.Id, out _);
        }
    }

    private ConsoleSession Add(string sidecarSession, PendingSignIn? pending, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        var session = new ConsoleSession
        {
            Id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes)),
            SidecarSession = sidecarSession,
            Pending = pending,
            StartedAt = now,
            ExpiresAt = now + lifetime,
        };
        sessions[session.Id] = session;
        return session;
    }
}
