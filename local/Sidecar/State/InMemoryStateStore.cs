using System.Globalization;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.State;

/// <summary>
/// <c>state.in-memory</c>: gone when the sidecar ends, or when its resource changes. All values together, keys included, take no
/// more than <c>maxSize</c> (64 Mi unless said otherwise; daprd has no limit).
/// </summary>
internal sealed class InMemoryStateStore(KeyPrefix prefix, ValueEncryption? encryption, long maxSize, TimeProvider time) : IStateStore
{
    /// <summary>What an entry takes beside its key and value, about.</summary>
    private const int EntrySize = 300;

    private static readonly string[] _settings = ["keyPrefix", "actorStateStore", "primaryEncryptionKey", "secondaryEncryptionKey", "maxSize"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SortedSet<(DateTimeOffset Expires, long Number, string Key)> _expiring = [];
    private long _size;
    private long _writes;
    private ITimer? _timer;
    private bool _isDisposed;

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE", "ACTOR"];

    public KeyPrefix Prefix => prefix;

    public bool IsEncrypted => encryption is not null;

    public static InMemoryStateStore Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        StateStoreSettings.RefuseOutbox(settings);
        foreach (var unknown in settings.Unknown(_settings))
        {
            warnings.Add(unknown);
        }

        var maxSize = StateStoreSettings.DefaultMaxSize;
        if (settings.Text("maxSize") is { } text && (!Quantity.TryParse(text, out maxSize) || maxSize <= 0))
        {
            throw settings.Wrong("maxSize", $"'maxSize' of the component '{settings.Component.Name}' is '{text}'; allowed is a size such as 64Mi.");
        }

        return new InMemoryStateStore(KeyPrefix.Of(settings, host.Options), ValueEncryption.Of(settings), maxSize, host.Time);
    }

    public StateItem? Get(string key)
    {
        StateItem? item;
        lock (_lock)
        {
            item = Find(key);
        }

        return item is null || encryption is null ? item : item with { Value = encryption.Decrypt(item.Value) };
    }

    public ValueTask<StateItem?> GetAsync(StateRead read, CancellationToken cancellationToken) => new(Get(read.Key));

    public ValueTask<IReadOnlyList<StateItem?>> GetAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        // An encrypted value is a new one each time that it is read.
        var found = reads.Select(read => read.Key).Distinct(StringComparer.Ordinal).ToDictionary(key => key, Get, StringComparer.Ordinal);
        return new([.. reads.Select(read => found[read.Key])]);
    }

    public ValueTask ChangeEachAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellationToken)
    {
        var failures = new List<StateException>();
        foreach (var change in changes)
        {
            try
            {
                Change(change);
            }
            catch (StateException failure) when (changes.Count > 1)
            {
                failures.Add(failure);
            }
        }

        return failures.Count == 0 ? ValueTask.CompletedTask : throw StateException.Of(failures);
    }

    public ValueTask ChangeAllAsync(IReadOnlyList<StateChange> changes, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        Change(changes);
        return ValueTask.CompletedTask;
    }

    public void Change(StateChange change) => Change([change]);

    public void Change(IReadOnlyList<StateChange> changes)
    {
        var lives = new TimeSpan?[changes.Count];
        var values = new byte[]?[changes.Count];
        for (var i = 0; i < changes.Count; i++)
        {
            changes[i].CheckOptions();
            lives[i] = changes[i].Value is null ? null : TimeToLive(changes[i].TimeToLive);
            values[i] = changes[i].Value is { } value && encryption is not null ? encryption.Encrypt(value) : changes[i].Value;
        }

        lock (_lock)
        {
            RemoveExpired();
            foreach (var change in changes)
            {
                CheckETag(change);
            }

            CheckRoom(changes, values);
            for (var i = 0; i < changes.Count; i++)
            {
                Remove(changes[i].Key);
                if (values[i] is { } value)
                {
                    Add(changes[i].Key, value, lives[i]);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
            _entries.Clear();
            _expiring.Clear();
            _size = 0;
        }
    }

    private static TimeSpan? TimeToLive(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : null
            : throw new StateException(StateProblem.Other, $"strconv.Atoi: parsing \"{text}\": invalid syntax");
    }

    private StateItem? Find(string key)
        => _entries.TryGetValue(key, out var entry) && !(entry.Item.Expires <= time.GetUtcNow()) ? entry.Item : null;

    private void CheckETag(StateChange change)
    {
        var current = Find(change.Key);
        if (string.IsNullOrEmpty(change.ETag))
        {
            if (change.Concurrency == "first-write" && current is not null)
            {
                throw StateException.Mismatch("item already exists and no etag was passed");
            }
        }
        else if (current is null)
        {
            throw StateException.Mismatch($"state not exist or expired for key={change.Key}");
        }
        else if (current.ETag != change.ETag)
        {
            throw StateException.Mismatch($"state etag not match for key={change.Key}: current={current.ETag}, expect={change.ETag}");
        }
    }

    /// <summary>Before anything is changed.</summary>
    private void CheckRoom(IReadOnlyList<StateChange> changes, byte[]?[] values)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < changes.Count; i++)
        {
            sizes[changes[i].Key] = values[i] is { } value ? SizeOf(changes[i].Key, value) : 0;
        }

        var size = _size;
        foreach (var (key, wanted) in sizes)
        {
            size += wanted - (_entries.TryGetValue(key, out var entry) ? SizeOf(key, entry.Item.Value) : 0);
        }

        if (size > maxSize && size > _size)
        {
            throw new StateException(StateProblem.Full, $"the store is full: with this change it would take {size} of {maxSize} bytes (maxSize of its component)");
        }
    }

    private void Add(string key, byte[] value, TimeSpan? life)
    {
        if (_isDisposed)
        {
            return;
        }

        var entry = new Entry(new StateItem(value, Guid.NewGuid().ToString(), time.GetUtcNow() + life), _writes++);
        _entries[key] = entry;
        _size += SizeOf(key, value);
        if (entry.Item.Expires is { } expires)
        {
            _expiring.Add((expires, entry.Number, key));
            Schedule();
        }
    }

    private void Remove(string key)
    {
        if (_entries.Remove(key, out var entry))
        {
            _size -= SizeOf(key, entry.Item.Value);
            if (entry.Item.Expires is { } expires)
            {
                _expiring.Remove((expires, entry.Number, key));
            }
        }
    }

    private void RemoveExpired()
    {
        var now = time.GetUtcNow();
        while (_expiring.Count > 0 && _expiring.Min is var first && first.Expires <= now)
        {
            Remove(first.Key);
        }
    }

    /// <summary>An expired value is not answered; the timer gives its memory back when nobody writes.</summary>
    private void Schedule()
    {
        _timer ??= time.CreateTimer(
            static state => ((InMemoryStateStore)state!).OnTimer(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        var wait = _expiring.Min.Expires - time.GetUtcNow();
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            RemoveExpired();
            if (_expiring.Count > 0 && !_isDisposed)
            {
                Schedule();
            }
        }
    }

    private static long SizeOf(string key, byte[] value) => EntrySize + (2L * key.Length) + value.Length;

    private readonly record struct Entry(StateItem Item, long Number);
}
