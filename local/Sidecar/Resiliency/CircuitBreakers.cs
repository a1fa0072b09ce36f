namespace McpAspire.Sidecar.Resiliency;

/// <summary>The circuit breakers of one target, one for each of its methods; the one that was not used for longest makes room.</summary>
internal sealed class CircuitBreakers(int capacity, Func<string, CircuitBreaker> create)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Key, CircuitBreaker Breaker)> _byUse = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, CircuitBreaker Breaker)>> _byKey = new(StringComparer.Ordinal);

    public CircuitBreaker Of(string key)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value.Breaker;
            }

            if (_byKey.Count >= capacity)
            {
                _byKey.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }

            node = _byUse.AddFirst((key, create(key)));
            _byKey[key] = node;
            return node.Value.Breaker;
        }
    }
}
