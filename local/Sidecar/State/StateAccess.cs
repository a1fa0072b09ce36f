using System.Diagnostics;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.State;

/// <summary>What the HTTP and the gRPC API do alike: find a store, prefix keys, count.</summary>
internal sealed class StateAccess(SidecarMetrics metrics)
{
    /// <summary>A key is kept twice, and appears in errors; daprd has no limit.</summary>
    private const int MaxKeyLength = 4096;

    /// <summary>Throws an <see cref="ApiFailure"/> that names <paramref name="appId"/> when there is no such store.</summary>
    public static IStateStore Find(RuntimeSnapshot runtime, string name, string? appId)
    {
        var store = runtime.Embedded.Find<IStateStore>(name)
            ?? throw (runtime.Embedded.All<IStateStore>().Any() ? StateErrors.NotFound(name, appId) : StateErrors.NotConfigured(name, appId));
        return runtime.ComponentPolicies.Of(name, ComponentKind.Statestore, PolicyFlow.Outbound) is { } policy ? new ResilientStateStore(store, policy) : store;
    }

    /// <summary>The whole key; throws an <see cref="ApiFailure"/> when it is not allowed.</summary>
    public static string KeyOf(IStateStore store, string storeName, string key)
        => key.Length > MaxKeyLength
            ? throw StateErrors.InvalidKey(storeName, key[..64] + "…", $"a key has no more than {MaxKeyLength} characters")
            : KeyPrefix.Complaint(key) is { } complaint
                ? throw StateErrors.InvalidKey(storeName, key, complaint)
                : store.Prefix.Of(key);

    public Task<StateItem?> GetAsync(IStateStore store, string storeName, StateRead read, CancellationToken cancellationToken)
        => MeasureAsync(storeName, "get", () => store.GetAsync(read, cancellationToken));

    public Task<IReadOnlyList<StateItem?>> GetAsync(IStateStore store, string storeName, IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
        => MeasureAsync(storeName, "bulk_get", () => store.GetAsync(reads, cancellationToken));

    public Task DeleteAsync(IStateStore store, string storeName, StateChange change, CancellationToken cancellationToken)
        => MeasureAsync(storeName, "delete", () => Done(store.ChangeEachAsync([change], cancellationToken)));

    public Task DeleteEachAsync(IStateStore store, string storeName, IReadOnlyList<StateChange> changes, CancellationToken cancellationToken)
        => MeasureAsync(storeName, "bulk_delete", () => Done(store.ChangeEachAsync(changes, cancellationToken)));

    public Task SetEachAsync(IStateStore store, string storeName, IReadOnlyList<StateChange> changes, CancellationToken cancellationToken)
        => MeasureAsync(storeName, "set", () => Done(store.ChangeEachAsync(changes, cancellationToken)));

    /// <summary>Throws an <see cref="ApiFailure"/> when the store cannot do so many at once.</summary>
    public async Task ChangeAllAsync(IStateStore store, string storeName, IReadOnlyList<StateChange> changes, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        if (await store.MaxOperationsAsync(cancellationToken) is > 0 and var most && changes.Count > most)
        {
            throw StateErrors.TooManyOperations(storeName, changes.Count, most);
        }

        await MeasureAsync(storeName, "transaction", () => Done(store.ChangeAllAsync(changes, metadata, cancellationToken)));
    }

    /// <summary>Throws an <see cref="ApiFailure"/>.</summary>
    public async Task<StateQueryResult> QueryAsync(IStateStore store, string storeName, ReadOnlyMemory<byte> query, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        if (!store.HasQueries)
        {
            throw StateErrors.QueryUnsupported(storeName);
        }

        try
        {
            return await MeasureAsync(storeName, "query", () => store.QueryAsync(query, metadata, cancellationToken));
        }
        catch (MalformedStateException exception)
        {
            throw StateErrors.QueryFailed(storeName, $"failed to parse JSON query body: {exception.Message}");
        }
        catch (StateException failure)
        {
            throw failure.Own ?? StateErrors.QueryFailed(storeName, failure.Message);
        }
    }

    private static async ValueTask<bool> Done(ValueTask change)
    {
        await change;
        return true;
    }

    private async Task<T> MeasureAsync<T>(string storeName, string operation, Func<ValueTask<T>> call)
    {
        var started = Stopwatch.GetTimestamp();
        var isDone = false;
        try
        {
            var result = await call();
            isDone = true;
            return result;
        }
        finally
        {
            if (metrics.IsEnabled)
            {
                metrics.Components.StateUsed(storeName, operation, isDone, Stopwatch.GetElapsedTime(started));
            }
        }
    }
}
