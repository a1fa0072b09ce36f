using System.Collections.Concurrent;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Login;

/// <summary>Sign-ins under way: one entry per browser, one tab per authorization request.</summary>
internal sealed class LoginStore(RealmSettings settings, TimeProvider clock)
{
    // A browser that keeps opening tabs must not fill the memory.
    private const int MostTabs = 300;

    private readonly ConcurrentDictionary<string, BrowserLogin> _logins = new();

    /// <summary>The browser's entry, made new when it has none.</summary>
    public (BrowserLogin Login, bool IsNew) Open(string? id)
    {
        if (Find(id) is { } known)
        {
            return (known, false);
        }

        var login = new BrowserLogin { Id = RandomId.Session(), Started = clock.GetUtcNow() };
        _logins[login.Id] = login;
        return (login, true);
    }

    public BrowserLogin? Find(string? id)
        => id is not null && _logins.TryGetValue(id, out var login) && !IsOver(login) ? login : null;

    public LoginTab AddTab(BrowserLogin login, AuthorizationRequest request)
    {
        while (login.Tabs.Count >= MostTabs && login.Tabs.Values.MinBy(tab => tab.Started) is { } oldest)
        {
            login.Tabs.TryRemove(oldest.Id, out _);
        }

        var tab = new LoginTab { Id = RandomId.Base64Url(8), Request = request, Started = clock.GetUtcNow() };
        login.Tabs[tab.Id] = tab;
        return tab;
    }

    public void Remove(BrowserLogin login) => _logins.TryRemove(login.Id, out _);

    public void Prune()
    {
        foreach (var login in _logins.Values.Where(IsOver))
        {
            Remove(login);
        }
    }

    private bool IsOver(BrowserLogin login) => clock.GetUtcNow() > login.Started.AddSeconds(settings.AccessCodeLifespanLogin);
}

/// <summary>A browser that is about to sign in, known by AUTH_SESSION_ID.</summary>
internal sealed class BrowserLogin
{
    public required string Id { get; init; }

    public required DateTimeOffset Started { get; init; }

    public ConcurrentDictionary<string, LoginTab> Tabs { get; } = new();
}
