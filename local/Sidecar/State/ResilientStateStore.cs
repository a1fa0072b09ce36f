using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.State;

/// <summary>
/// A store under the policies of its component. What a caller did wrong (an ETag of another value, a value that cannot be read or has no
/// room) is no failure of the store: it is not tried again, and opens no circuit.
/// </summary>
internal sealed class ResilientStateStore(IStateStore inner, ResilientOperation policy) : IStateStore
{
    public IReadOnlyList<string> Capabilities => inner.Capabilities;

    public KeyPrefix Prefix => inner.Prefix;

    public bool IsEncrypted => inner.IsEncrypted;

    public bool HasTransactions => inner.HasTransactions;

    public bool HasQueries => inner.HasQueries;

    public async ValueTask<StateItem?> GetAsync(StateRead read, CancellationToken cancellationToken)
        => await RunAsync(token => inner.GetAsync(read, token), cancellationToken);

    public async ValueTask<IReadOnlyList<StateItem?>> GetAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
        => await RunAsync(token => inner.GetAsync(reads, token), cancellationToken);

    /// <summary>One by one: tried again as a whole, what was changed the first time would have another ETag by then.</summary>
    public async ValueTask ChangeEachAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellationToken)
    {
        var failures = new List<StateException>();
        foreach (var change in changes)
        {
            try
            {
                await RunAsync(token => inner.ChangeEachAsync([change], token), cancellationToken);
            }
            catch (StateException exception)
            {
                failures.Add(exception);
            }
        }

        switch (failures)
        {
            case []:
                return;
            case [var only]:
                throw only;
            default:
                throw StateException.Of(failures);
        }
    }

    public async ValueTask ChangeAllAsync(IReadOnlyList<StateChange> changes, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
        => await RunAsync(token => inner.ChangeAllAsync(changes, metadata, token), cancellationToken);

    public ValueTask<long> MaxOperationsAsync(CancellationToken cancellationToken) => inner.MaxOperationsAsync(cancellationToken);

    public async ValueTask<StateQueryResult> QueryAsync(ReadOnlyMemory<byte> query, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
        => await RunAsync(token => inner.QueryAsync(query, metadata, token), cancellationToken);

    /// <summary>Made for one request; the store goes on.</summary>
    public void Dispose()
    {
    }

    private Task RunAsync(Func<CancellationToken, ValueTask> operation, CancellationToken cancellationToken)
        => RunAsync(
            async token =>
            {
                await operation(token);
                return true;
            },
            cancellationToken);

    private async Task<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await policy.RunAsync(async token => await operation(token), _ => null, FailureIn, cancellationToken);
        }
        catch (PolicyException exception)
        {
            throw new StateException(StateProblem.Other, exception.Message);
        }
    }

    private static OperationFailure? FailureIn(Exception exception)
        => exception is StateException { Problem: StateProblem.Other } failure && failure.Own is not { Status: < 500 } ? new OperationFailure("the store failed") : null;
}
