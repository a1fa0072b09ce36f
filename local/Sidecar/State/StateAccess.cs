using System.Diagnostics;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;

namespace McpAspire.Sidecar.State;

/// <summary>What the HTTP and the gRPC API do alike: find a store, prefix keys, count.</summary>
internal sealed class StateAccess(SidecarMetrics metrics)
{
    /// <summary>A key is kept twice, and appears in errors; daprd has no limit.</summary>
    private const int MaxKeyLength = 4096;

    /// <summary>Throws an <see cref="Api.ApiFailure"/> that names <paramref name="appId"/> when there is no such store.</summary>
    public static IStateStore Find(RuntimeSnapshot runtime, string name, string? appId)
        => runtime.Embedded.Find<IStateStore>(name)
            ?? throw (runtime.Embedded.All<IStateStore>().Any() ? StateErrors.NotFound(name, appId) : StateErrors.NotConfigured(name, appId));

    /// <summary>The whole key; throws an <see cref="Api.ApiFailure"/> when it is not allowed.</summary>
    public static string KeyOf(IStateStore store, string storeName, string key)
        => key.Length > MaxKeyLength
            ? throw StateErrors.InvalidKey(storeName, key[..64] + "…", $"a key has no more than {MaxKeyLength} characters")
            : KeyPrefix.Complaint(key) is { } complaint
                ? throw StateErrors.InvalidKey(storeName, key, complaint)
                : store.Prefix.Of(key);

    public StateItem? Get(IStateStore store, string storeName, string key) => Measure(storeName, "get", () => store.Get(key));

    public IReadOnlyList<StateItem?> Get(IStateStore store, string storeName, IReadOnlyList<string> keys)
        => Measure(storeName, "bulk_get", () =>
        {
            // An encrypted value is a new one each time that it is read.
            var found = keys.Distinct(StringComparer.Ordinal).ToDictionary(key => key, store.Get, StringComparer.Ordinal);
            return keys.Select(key => found[key]).ToArray();
        });

    public void Delete(IStateStore store, string storeName, StateChange change) => Measure(storeName, "delete", () => ChangeEach(store, [change]));

    public void DeleteEach(IStateStore store, string storeName, IReadOnlyList<StateChange> changes) => Measure(storeName, "bulk_delete", () => ChangeEach(store, changes));

    public void SetEach(IStateStore store, string storeName, IReadOnlyList<StateChange> changes) => Measure(storeName, "set", () => ChangeEach(store, changes));

    public void ChangeAll(IStateStore store, string storeName, IReadOnlyList<StateChange> changes)
        => Measure(storeName, "transaction", () =>
        {
            store.Change(changes);
            return true;
        });

    /// <summary>Each on its own: what one is refused for does not keep the others back.</summary>
    private static bool ChangeEach(IStateStore store, IReadOnlyList<StateChange> changes)
    {
        var failures = new List<StateException>();
        foreach (var change in changes)
        {
            try
            {
                store.Change(change);
            }
            catch (StateException failure) when (changes.Count > 1)
            {
                failures.Add(failure);
            }
        }

        return failures.Count == 0 ? true : throw StateException.Of(failures);
    }

    private T Measure<T>(string storeName, string operation, Func<T> call)
    {
        if (!metrics.IsEnabled)
        {
            return call();
        }

        var started = Stopwatch.GetTimestamp();
        var isDone = false;
        try
        {
            var result = call();
            isDone = true;
            return result;
        }
        finally
        {
            metrics.Components.StateUsed(storeName, operation, isDone, Stopwatch.GetElapsedTime(started));
        }
    }
}
