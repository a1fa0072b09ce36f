using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.State;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>A state store in another process.</summary>
internal sealed class PluggableStateStore(ComponentConnection connection, KeyPrefix prefix, IReadOnlySet<string> services, IReadOnlyList<string> features) : IStateStore
{
    private readonly StateStore.StateStoreClient _store = new(connection.Invoker);
    private long? _maxOperations;

    public IReadOnlyList<string> Capabilities => features;

    public KeyPrefix Prefix => prefix;

    public bool IsEncrypted => false;

    public bool HasTransactions => features.Contains("TRANSACTIONAL") && services.Contains(PluggableBlocks.Transactions);

    public bool HasQueries => services.Contains(PluggableBlocks.Queries);

    public async ValueTask<StateItem?> GetAsync(StateRead read, CancellationToken cancellationToken)
    {
        var found = await CallAsync(options => _store.GetAsync(StateMessages.Of(read), options), cancellationToken);
        return found.Data.IsEmpty ? null : new StateItem(found.Data.ToByteArray(), found.Etag?.Value, null) { Further = found.Metadata };
    }

    public async ValueTask<IReadOnlyList<StateItem?>> GetAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
    {
        if (reads.Count == 0)
        {
            return [];
        }

        var request = new Protocol.BulkGetRequest { Items = { reads.Select(StateMessages.Of) }, Options = new BulkGetRequestOptions() };
        var found = await CallAsync(options => _store.BulkGetAsync(request, options), cancellationToken);
        var items = new Dictionary<string, StateItem>(StringComparer.Ordinal);
        foreach (var item in found.Items)
        {
            items[item.Key] = new StateItem(item.Data.ToByteArray(), item.Etag?.Value, null) { Further = item.Metadata, Error = item.Error.Length > 0 ? item.Error : null };
        }

        return [.. reads.Select(read => items.GetValueOrDefault(read.Key))];
    }

    public async ValueTask ChangeEachAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellationToken)
    {
        switch (changes)
        {
            case []:
                break;
            case [{ Value: null } change]:
                await CallAsync(options => _store.DeleteAsync(StateMessages.DeleteOf(change), options), cancellationToken);
                break;
            case [var change]:
                await CallAsync(options => _store.SetAsync(StateMessages.SetOf(change), options), cancellationToken);
                break;
            default:
                await ChangeManyAsync(changes, cancellationToken);
                break;
        }
    }

    public async ValueTask ChangeAllAsync(IReadOnlyList<StateChange> changes, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var request = new TransactionalStateRequest { Metadata = { metadata.ToDictionary() } };
        request.Operations.AddRange(changes.Select(change => change.Value is null
            ? new TransactionalStateOperation { Delete = StateMessages.DeleteOf(change) }
            : new TransactionalStateOperation { Set = StateMessages.SetOf(change) }));
        await CallAsync(options => new TransactionalStateStore.TransactionalStateStoreClient(connection.Invoker).TransactAsync(request, options), cancellationToken);
    }

    public async ValueTask<long> MaxOperationsAsync(CancellationToken cancellationToken)
    {
        if (!services.Contains(PluggableBlocks.TransactionLimit))
        {
            return 0;
        }

        try
        {
            return _maxOperations ??= (await connection.CallAsync(options => new TransactionalStoreMultiMaxSize.TransactionalStoreMultiMaxSizeClient(connection.Invoker).MultiMaxSizeAsync(new MultiMaxSizeRequest(), options), cancellationToken)).MaxSize;
        }
        catch (RpcException)
        {
            return 0; // the store itself refuses what is too much
        }
    }

    public async ValueTask<StateQueryResult> QueryAsync(ReadOnlyMemory<byte> query, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        QueryRequest request;
        try
        {
            request = StateMessages.QueryOf(query, metadata);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            throw new MalformedStateException("it is not a query in JSON");
        }

        var found = await CallAsync(options => new QueriableStateStore.QueriableStateStoreClient(connection.Invoker).QueryAsync(request, options), cancellationToken);
        return new StateQueryResult(
            [.. found.Items.Select(item => (KeyPrefix.Original(item.Key), new StateItem(item.Data.ToByteArray(), item.Etag?.Value, null) { Error = item.Error.Length > 0 ? item.Error : null }))],
            found.Token,
            found.Metadata);
    }

    public void Dispose() => connection.Dispose();

    private async Task ChangeManyAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Where(change => change.Value is not null).Select(StateMessages.SetOf).ToArray() is { Length: > 0 } sets)
        {
            await CallAsync(options => _store.BulkSetAsync(new BulkSetRequest { Items = { sets }, Options = new BulkSetRequestOptions() }, options), cancellationToken);
        }

        if (changes.Where(change => change.Value is null).Select(StateMessages.DeleteOf).ToArray() is { Length: > 0 } deletes)
        {
            await CallAsync(options => _store.BulkDeleteAsync(new BulkDeleteRequest { Items = { deletes }, Options = new BulkDeleteRequestOptions() }, options), cancellationToken);
        }
    }

    private async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.CallAsync(call, cancellationToken);
        }
        catch (RpcException exception)
        {
            throw Problem(exception);
        }
    }

    private static StateException Problem(RpcException exception)
        => ComponentStatus.Own(exception) is { } own ? new StateException(StateProblem.Other, ComponentStatus.OwnText(exception)) { Own = own }
            : exception.StatusCode is StatusCode.FailedPrecondition && ComponentStatus.ETagProblem(exception) is { } mismatch ? StateException.Mismatch(mismatch)
            : exception.StatusCode is StatusCode.InvalidArgument && ComponentStatus.ETagProblem(exception) is { } invalid ? StateException.Invalid(invalid)
            : new StateException(StateProblem.Other, ComponentStatus.Text(exception));
}
