using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.State;

/// <summary>A state store component; keys are whole ones, with their prefix. What is refused is a <see cref="StateException"/>.</summary>
internal interface IStateStore : IEmbeddedComponent
{
    KeyPrefix Prefix { get; }

    /// <summary>Whether values are encrypted: Dapr then keeps the text of a string without its quotes.</summary>
    bool IsEncrypted { get; }

    bool HasTransactions => true;

    bool HasQueries => false;

    ValueTask<StateItem?> GetAsync(StateRead read, CancellationToken cancellationToken);

    /// <summary>One for each of <paramref name="reads"/>, in their order.</summary>
    ValueTask<IReadOnlyList<StateItem?>> GetAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken);

    /// <summary>Each on its own: what one is refused for does not keep the others back.</summary>
    ValueTask ChangeEachAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellationToken);

    /// <summary>All of it or nothing.</summary>
    ValueTask ChangeAllAsync(IReadOnlyList<StateChange> changes, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>How many changes one transaction may have; 0: any number.</summary>
    ValueTask<long> MaxOperationsAsync(CancellationToken cancellationToken) => new(0);

    /// <summary>Only of one that <see cref="HasQueries"/>.</summary>
    ValueTask<StateQueryResult> QueryAsync(ReadOnlyMemory<byte> query, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) => throw new NotSupportedException();
}
