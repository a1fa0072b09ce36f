using System.Collections.Concurrent;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>Values that are forgotten after their time: codes, pushed requests, revoked ids.</summary>
internal sealed class ExpiringStore<T>(TimeProvider clock)
    where T : class
{
    private readonly ConcurrentDictionary<string, (T Value, DateTimeOffset Expires)> _items = new();

    public IEnumerable<(string Key, DateTimeOffset Expires)> All => _items.Select(item => (item.Key, item.Value.Expires));

    public void Set(string key, T value, TimeSpan lifetime) => _items[key] = (value, clock.GetUtcNow() + lifetime);

    /// <summary>Adds unless the key is there; false when it is: something meant for one use came again.</summary>
    public bool TryAdd(string key, T value, TimeSpan lifetime)
    {
        var entry = (value, clock.GetUtcNow() + lifetime);
        if (_items.TryAdd(key, entry))
        {
            return true;
        }

        return Find(key) is null && _items.TryAdd(key, entry);
    }

    public T? Find(string? key)
    {
        if (key is null || !_items.TryGetValue(key, out var item))
        {
            return null;
        }

        if (item.Expires > clock.GetUtcNow())
        {
            return item.Value;
        }

        _items.TryRemove(KeyValuePair.Create(key, item));
        return null;
    }

    /// <summary>Takes the value out: only one caller gets it.</summary>
    public T? Take(string? key)
        => key is not null && _items.TryRemove(key, out var item) && item.Expires > clock.GetUtcNow() ? item.Value : null;

    public void Remove(string key) => _items.TryRemove(key, out _);

    public void Prune()
    {
        var now = clock.GetUtcNow();
        foreach (var item in _items.Where(item => item.Value.Expires <= now))
        {
            _items.TryRemove(item);
        }
    }
}
