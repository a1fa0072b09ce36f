using System.Collections.Concurrent;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Login;

/// <summary>Sign-ins under way: one entry per browser, one tab per authorization request.</summary>
internal sealed class LoginStore(RealmSettings settings, TimeProvider clock)
{
    // A browser that keeps opening tabs must not fill the memory, nor must many that never sign in: when there are too many,
    // the oldest go, and whoever still sits at such a page starts again from the restart cookie.
    private const int MostTabs = 300;
    private const int MostAtOnce = 2_000;
    private const int LookEvery = 32;

    private readonly ConcurrentDictionary<string, BrowserLogin> _logins = new();
    private int _opened;

    /// <summary>The browser's entry, made new when it has none.</summary>
    public (BrowserLogin Login, bool IsNew) Open(string? id)
    {
        if (Find(id) is { } known)
        {
            return (known, false);
        }

        MakeRoom();
        var login = new BrowserLogin { Id = RandomId.Session(), Started = clock.GetUtcNow() };
        _logins[login.Id] = login;
        return (login, true);
    }

    public BrowserLogin? Find(string? id)
        => id is not null && _logins.TryGetValue(id, out var login) && !IsOver(login) ? login : null;

    public LoginTab AddTab(BrowserLogin login, AuthorizationRequest request)
    {
        MakeRoom();
        while (login.Tabs.Count >= MostTabs && login.Tabs.Values.MinBy(tab => tab.Started) is { } oldest)
        {
            login.Tabs.TryRemove(oldest.Id, out _);
        }

        var tab = new LoginTab { Id = RandomId.Base64Url(8), Request = request, Started = clock.GetUtcNow() };
        login.Tabs[tab.Id] = tab;
        return tab;
    }

    /// <summary>
    /// Gives the tab another id once a password was typed. Cookies know no ports, so another server on this host may have
    /// planted AUTH_SESSION_ID and know the tab; it must not answer for consent in the name of whoever typed.
    /// </summary>
    public static void Renew(BrowserLogin login, LoginTab tab)
    {
        login.Tabs.TryRemove(tab.Id, out _);
        tab.Id = RandomId.Base64Url(8);
        login.Tabs[tab.Id] = tab;
    }

    public void Remove(BrowserLogin login) => _logins.TryRemove(login.Id, out _);

    public void Prune()
    {
        foreach (var login in _logins.Values.Where(IsOver))
        {
            Remove(login);
        }
    }

    /// <summary>Logins and tabs that are remembered at this moment.</summary>
    public int Count => _logins.Values.Sum(Size);

    private void MakeRoom()
    {
        if (Interlocked.Increment(ref _opened) % LookEvery != 0)
        {
            return;
        }

        var count = Count;
        foreach (var login in _logins.Values.OrderBy(login => login.Started).TakeWhile(_ => count > MostAtOnce))
        {
            Remove(login);
            count -= Size(login);
        }
    }

    private static int Size(BrowserLogin login) => 1 + login.Tabs.Count;

    private bool IsOver(BrowserLogin login) => clock.GetUtcNow() > login.Started.AddSeconds(settings.AccessCodeLifespanLogin);
}

/// <summary>A browser that is about to sign in, known by AUTH_SESSION_ID.</summary>
internal sealed class BrowserLogin
{
    public required string Id { get; init; }

    public required DateTimeOffset Started { get; init; }

    public ConcurrentDictionary<string, LoginTab> Tabs { get; } = new();
}
