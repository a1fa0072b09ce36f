using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>
/// The sessions of this process, in memory as daprd's. An id is always one of ours: a value that a caller brings is
/// looked up, never taken over.
/// </summary>
internal sealed class SessionStores(TimeProvider time)
{
    /// <summary>Every request without a cookie begins a session: without a bound they could fill the memory.</summary>
    private const int MaxSessions = 50_000;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    private readonly ConcurrentDictionary<string, LoginSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _purge = new();

    public LoginSession? Find(string id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            return null;
        }

        if (session.ExpiresAt > time.GetUtcNow())
        {
            return session;
        }

        _sessions.TryRemove(id, out _);
        return null;
    }

    public (string Id, LoginSession Session) Begin()
    {
        if (_sessions.Count >= MaxSessions)
        {
            MakeRoom();
        }

        var session = new LoginSession(time.GetUtcNow() + Lifetime);
        return (Add(session), session);
    }

    /// <summary>A new id for a session that becomes signed in: whoever planted the old one does not hold the new one.</summary>
    public string Rotate(string id, LoginSession session)
    {
        var fresh = Add(session);
        _sessions.TryRemove(id, out _);
        return fresh;
    }

    public void End(string id) => _sessions.TryRemove(id, out _);

    private string Add(LoginSession session)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _sessions[id] = session;
        return id;
    }

    private void MakeRoom()
    {
        lock (_purge)
        {
            if (_sessions.Count < MaxSessions)
            {
                return;
            }

            var now = time.GetUtcNow();
            foreach (var (id, session) in _sessions)
            {
                if (session.ExpiresAt <= now)
                {
                    _sessions.TryRemove(id, out _);
                }
            }

            // Signed-in people stay; of the rest the oldest tenth goes.
            if (_sessions.Count >= MaxSessions)
            {
                foreach (var (id, _) in _sessions.Where(pair => !pair.Value.IsSignedIn).OrderBy(pair => pair.Value.ExpiresAt).Take(MaxSessions / 10))
                {
                    _sessions.TryRemove(id, out _);
                }
            }
        }
    }
}
