using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>
/// Ids that must not come a second time, kept as digests: the caller chose them, and their length. When too many are alive,
/// new ones are refused: forgetting one would let it come again.
/// </summary>
internal sealed class UsedIds(TimeProvider clock, int capacity = 200_000)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ids = new();

    /// <summary>False when it was used before.</summary>
    public bool TryUse(string id, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        var key = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        if (_ids.TryGetValue(key, out var expires) && expires <= now)
        {
            _ids.TryRemove(KeyValuePair.Create(key, expires));
        }

        return HasRoom() && _ids.TryAdd(key, now + lifetime);
    }

    public void Prune()
    {
        var now = clock.GetUtcNow();
        foreach (var item in _ids.Where(item => item.Value <= now))
        {
            _ids.TryRemove(item);
        }
    }

    private bool HasRoom()
    {
        if (_ids.Count >= capacity)
        {
            Prune();
        }

        return _ids.Count < capacity;
    }
}
