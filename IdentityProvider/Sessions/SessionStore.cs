using System.Collections.Concurrent;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>The sessions of a realm, online and offline.</summary>
internal sealed class SessionStore(RealmSettings settings, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, UserSession> _online = new();
    private readonly ConcurrentDictionary<string, UserSession> _offline = new();

    public IEnumerable<UserSession> All => _online.Values.Concat(_offline.Values);

    public UserSession Start(User user)
    {
        var now = clock.GetUtcNow();
        var session = new UserSession { Id = RandomId.Session(), UserId = user.Id, Offline = false, Started = now, AuthTime = now, LastActive = now };
        _online[session.Id] = session;
        return session;
    }

    public void Restore(UserSession session) => (session.Offline ? _offline : _online)[session.Id] = session;

    public UserSession? Find(string? id) => Alive(_online, id);

    public UserSession? FindOffline(string? id) => Alive(_offline, id);

    /// <summary>The session in which <paramref name="clientId"/> holds tokens: online first, then offline.</summary>
    public UserSession? FindFor(string? id, string? clientId)
        => Find(id) is { } online && clientId is not null && online.Clients.ContainsKey(clientId)
            ? online
            : FindOffline(id) is { } offline && clientId is not null && offline.Clients.ContainsKey(clientId) ? offline : null;

    /// <summary>Makes the offline twin of a session for one client; it keeps the id and outlives the browser's sign-out.</summary>
    public UserSession StartOffline(UserSession session, ClientSession client)
    {
        var offline = _offline.GetOrAdd(session.Id, static (id, from) => new UserSession
        {
            Id = id,
            UserId = from.UserId,
            Offline = true,
            Started = from.Started,
            AuthTime = from.AuthTime,
        }, session);
        offline.LastActive = clock.GetUtcNow();
        offline.Clients[client.ClientId] = client;
        return offline;
    }

    public void End(UserSession session) => (session.Offline ? _offline : _online).TryRemove(session.Id, out _);

    /// <summary>Seconds until the session ends if nobody uses it.</summary>
    public int SecondsLeft(UserSession session)
    {
        var now = clock.GetUtcNow();
        var maximum = session.Started.AddSeconds(settings.SsoSessionMaxLifespan);
        return (int)Math.Max(0, Math.Min(settings.SsoSessionIdleTimeout, (maximum - now).TotalSeconds));
    }

    public void Prune()
    {
        foreach (var session in All.Where(IsOver))
        {
            End(session);
        }

        var now = clock.GetUtcNow();
        foreach (var session in All)
        {
            var idle = session.Offline ? settings.OfflineSessionIdleTimeout : settings.SsoSessionIdleTimeout;
            foreach (var client in session.Clients.Values)
            {
                client.ForgetChains(now.AddSeconds(-idle));
            }
        }
    }

    private UserSession? Alive(ConcurrentDictionary<string, UserSession> sessions, string? id)
        => id is not null && sessions.TryGetValue(id, out var session) && !IsOver(session) ? session : null;

    private bool IsOver(UserSession session)
    {
        var now = clock.GetUtcNow();
        return session.Offline
            ? now > session.LastActive.AddSeconds(settings.OfflineSessionIdleTimeout)
            : now > session.LastActive.AddSeconds(settings.SsoSessionIdleTimeout) || now > session.Started.AddSeconds(settings.SsoSessionMaxLifespan);
    }
}
