using System.Collections.Concurrent;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>Which scopes a person has granted to which client.</summary>
internal sealed class ConsentStore
{
    private readonly ConcurrentDictionary<(string UserId, string ClientId), IReadOnlySet<string>> _granted = new();

    public IEnumerable<KeyValuePair<(string UserId, string ClientId), IReadOnlySet<string>>> All => _granted;

    /// <summary>Scopes that the person has to be asked about.</summary>
    public IReadOnlyList<ClientScope> Missing(User user, Client client, IEnumerable<ClientScope> scopes, bool askAgain)
    {
        var granted = _granted.GetValueOrDefault((user.Id, client.ClientId));
        return [.. scopes.Where(scope => scope.DisplayOnConsentScreen && (askAgain || granted?.Contains(scope.Name) != true))];
    }

    public bool Exists(User user, Client client) => _granted.ContainsKey((user.Id, client.ClientId));

    public void Forget(string clientId)
    {
        foreach (var key in _granted.Keys.Where(key => key.ClientId == clientId))
        {
            _granted.TryRemove(key, out _);
        }
    }

    public void Grant(string userId, string clientId, IEnumerable<string> scopes)
        => _granted.AddOrUpdate((userId, clientId), _ => scopes.ToHashSet(), (_, before) => before.Union(scopes).ToHashSet());
}
