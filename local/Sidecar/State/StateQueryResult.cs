namespace McpAspire.Sidecar.State;

/// <summary>What a store that can be queried has found.</summary>
/// <param name="Items">By key, without its prefix.</param>
/// <param name="Token">For what comes behind them; empty: nothing does.</param>
/// <param name="Metadata">Of the answer.</param>
internal sealed record StateQueryResult(IReadOnlyList<(string Key, StateItem Item)> Items, string Token, IReadOnlyDictionary<string, string> Metadata);
