using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.State;

/// <summary>A state store component; keys are whole ones, with their prefix. What is refused is a <see cref="StateException"/>.</summary>
internal interface IStateStore : IEmbeddedComponent
{
    KeyPrefix Prefix { get; }

    /// <summary>Whether values are encrypted: Dapr then keeps the text of a string without its quotes.</summary>
    bool IsEncrypted { get; }

    StateItem? Get(string key);

    void Change(StateChange change);

    /// <summary>All of it or nothing.</summary>
    void Change(IReadOnlyList<StateChange> changes);
}
