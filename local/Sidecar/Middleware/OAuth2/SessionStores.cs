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

    /// <summary>Of all logins under way: each holds a URL that a caller has written.</summary>
    private const long MaxSize = 64 * 1024 * 1024;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    private readonly ConcurrentDictionary<string, LoginSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _purge = new();
    private long _size;

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
        var session = new LoginSession(time.GetUtcNow() + Lifetime);
        return (Add(session), session);
    }

    public void BeginLogin(LoginSession session, string login, PendingLogin pending)
    {
        session.For(login).Begin(pending);
        if (Interlocked.Add(ref _size, pending.Size) > MaxSize)
        {
            MakeRoom();
        }
    }

    /// <summary>The id of a session with the token. It is a new one: whoever planted the old id does not hold it.</summary>
    public string SignIn(string id, LoginSession session, string login, UserToken token)
    {
        var fresh = Add(session.SignedIn(login, token));
        _sessions.TryRemove(id, out _);
        return fresh;
    }

    public void End(string id) => _sessions.TryRemove(id, out _);

    private string Add(LoginSession session)
    {
        if (_sessions.Count >= MaxSessions)
        {
            MakeRoom();
        }

        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _sessions[id] = session;
        return id;
    }

    /// <summary>For a tenth more than there is: what is over, then the oldest, people who are signed in last.</summary>
    private void MakeRoom()
    {
        lock (_purge)
        {
            if (_sessions.Count < MaxSessions && Interlocked.Read(ref _size) <= MaxSize)
            {
                return;
            }

            var now = time.GetUtcNow();
            var (count, size) = (0, 0L);
            var kept = new List<(string Id, bool IsSignedIn, DateTimeOffset ExpiresAt, long Size)>(_sessions.Count);
            foreach (var (id, session) in _sessions)
            {
                if (session.ExpiresAt <= now)
                {
                    _sessions.TryRemove(id, out _);
                    continue;
                }

                kept.Add((id, session.IsSignedIn, session.ExpiresAt, session.Size));
                (count, size) = (count + 1, size + kept[^1].Size);
            }

            foreach (var session in kept.OrderBy(session => session.IsSignedIn).ThenBy(session => session.ExpiresAt))
            {
                if (count <= MaxSessions / 10 * 9 && size <= MaxSize / 10 * 9)
                {
                    break;
                }

                _sessions.TryRemove(session.Id, out _);
                (count, size) = (count - 1, size - session.Size);
            }

            Interlocked.Exchange(ref _size, size);
        }
    }
}
