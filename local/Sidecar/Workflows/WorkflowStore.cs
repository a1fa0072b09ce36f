using System.Globalization;
using System.Text.Json;
using McpAspire.Sidecar.State;

namespace McpAspire.Sidecar.Workflows;

/// <summary>
/// Instances of workflows in the app's actor state store. The keys have a part that no key of the state API can have, so that an app
/// cannot write them.
/// </summary>
internal sealed class WorkflowStore(IStateStore store, string appId, string ns)
{
    private const int Tries = 20;

    private readonly string _prefix = $"{appId}||dapr.internal.{(ns.Length == 0 ? "default" : ns)}.{appId}.workflow||";

    public async ValueTask<WorkflowInstance?> FindAsync(string id, CancellationToken cancellationToken) => (await ReadAsync(id, cancellationToken))?.Instance;

    public async ValueTask<KeptInstance?> ReadAsync(string id, CancellationToken cancellationToken)
        => await store.GetAsync(new StateRead(KeyOf(id)), cancellationToken) is { } found && JsonSerializer.Deserialize(found.Value, WorkflowJson.Default.WorkflowInstance) is { } instance
            ? new KeptInstance(instance, found.ETag)
            : null;

    /// <summary>In the place of what was read; another process that was faster is an ETag mismatch.</summary>
    public ValueTask AddAsync(WorkflowInstance instance, KeptInstance? earlier)
        => ChangeAsync(Change(instance) with { ETag = earlier?.ETag, Concurrency = earlier is { ETag: null } ? string.Empty : "first-write" });

    /// <param name="instance">As it is from now on.</param>
    /// <param name="timeToLive">How long it is kept; null: until it is purged.</param>
    public ValueTask SaveAsync(WorkflowInstance instance, TimeSpan? timeToLive)
        => ChangeAsync(Change(instance) with { TimeToLive = timeToLive is { } time ? Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null });

    /// <summary>What was read, and nothing that came after it.</summary>
    public ValueTask DeleteAsync(KeptInstance kept) => ChangeAsync(new StateChange(KeyOf(kept.Instance.Id), null) { ETag = kept.ETag });

    /// <summary>Changes the note of what is under way, which other processes may change too.</summary>
    public async Task<T> NoteAsync<T>(Func<Dictionary<string, string>, T> change)
    {
        for (var tried = 1; ; tried++)
        {
            var found = await store.GetAsync(new StateRead(IndexKey), CancellationToken.None);
            var owners = found is null ? [] : JsonSerializer.Deserialize(found.Value, WorkflowJson.Default.WorkflowIndex)?.Owners ?? [];
            var before = owners.ToArray();
            var made = change(owners);
            if (owners.Count == before.Length && before.All(owner => owners.GetValueOrDefault(owner.Key) == owner.Value))
            {
                return made;
            }

            try
            {
                await ChangeAsync(new StateChange(IndexKey, JsonSerializer.SerializeToUtf8Bytes(new WorkflowIndex(owners), WorkflowJson.Default.WorkflowIndex)) { ETag = found?.ETag, Concurrency = "first-write" });
                return made;
            }
            catch (StateException exception) when (exception.Problem == StateProblem.ETagMismatch && tried < Tries)
            {
                await Task.Delay(Random.Shared.Next(1, 20 * tried)); // another process was faster
            }
        }
    }

    private string IndexKey => _prefix + "||running";

    private string KeyOf(string id) => $"{_prefix}{id}||metadata";

    private StateChange Change(WorkflowInstance instance) => new(KeyOf(instance.Id), JsonSerializer.SerializeToUtf8Bytes(instance, WorkflowJson.Default.WorkflowInstance));

    /// <summary>Never given up half way: it would not be known what is kept.</summary>
    private ValueTask ChangeAsync(StateChange change) => store.ChangeEachAsync([change], CancellationToken.None);
}

/// <summary>An instance as it was read.</summary>
/// <param name="Instance">What it was.</param>
/// <param name="ETag">Null: the store has none.</param>
internal sealed record KeptInstance(WorkflowInstance Instance, string? ETag);
