using System.Collections.Concurrent;

namespace McpAspire.IdentityProvider.Sessions;

/// <summary>
/// Values that are forgotten after their time: codes, pushed requests, devices. When there are too many, those with the
/// least time left go first: a flood must not fill the memory.
/// </summary>
internal sealed class ExpiringStore<T>(TimeProvider clock, int capacity = 10_000)
    where T : class
{
    private readonly ConcurrentDictionary<string, (T Value, DateTimeOffset Expires)> _items = new();

    public IEnumerable<(string Key, DateTimeOffset Expires)> All => _items.Select(item => (item.Key, item.Value.Expires));

    public int Count => _items.Count;

    public void Set(string key, T value, TimeSpan lifetime)
    {
        MakeRoom();
        _items[key] = (value, clock.GetUtcNow() + lifetime);
    }

    /// <summary>Adds unless the key is there.</summary>
    public bool TryAdd(string key, T value, TimeSpan lifetime)
    {
        MakeRoom();
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

    private void MakeRoom()
    {
        if (_items.Count < capacity)
        {
            return;
        }

        Prune();
        var surplus = _items.Count - capacity + (capacity / 10) + 1;
        if (_items.Count >= capacity)
        {
            foreach (var item in _items.OrderBy(item => item.Value.Expires).Take(surplus).ToList())
            {
                _items.TryRemove(item);
            }
        }
    }
}
