using System.Collections.Concurrent;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>Ids of access tokens that were revoked before their time; never more than there are tokens alive.</summary>
internal sealed class RevokedTokens(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ids = new();

    public IEnumerable<KeyValuePair<string, DateTimeOffset>> All => _ids;

    public void Add(string tokenId, DateTimeOffset expires) => _ids[tokenId] = expires;

    public bool Contains(string? tokenId) => tokenId is not null && _ids.ContainsKey(tokenId);

    public void Prune()
    {
        var now = clock.GetUtcNow();
        foreach (var item in _ids.Where(item => item.Value <= now))
        {
            _ids.TryRemove(item);
        }
    }
}
