namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>The building blocks of which a component can be another process, and the gRPC services that it then serves.</summary>
internal static class PluggableBlocks
{
    public const string State = "dapr.proto.components.v1.StateStore";
    public const string Transactions = "dapr.proto.components.v1.TransactionalStateStore";
    public const string TransactionLimit = "dapr.proto.components.v1.TransactionalStoreMultiMaxSize";
    public const string Queries = "dapr.proto.components.v1.QueriableStateStore";
    public const string PubSub = "dapr.proto.components.v1.PubSub";
    public const string InputBinding = "dapr.proto.components.v1.InputBinding";
    public const string OutputBinding = "dapr.proto.components.v1.OutputBinding";
    public const string Secrets = "dapr.proto.components.v1.SecretStore";

    private static readonly (string Block, string[] Services)[] _all =
    [
        ("state", [State]),
        ("pubsub", [PubSub]),
        ("bindings", [InputBinding, OutputBinding]),
        ("secretstores", [Secrets]),
    ];

    /// <summary>The services of which it serves at least one; null: no component of that block is another process.</summary>
    public static IReadOnlyList<string>? Of(string type)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && dot < type.Length - 1 ? Array.Find(_all, known => type.AsSpan(0, dot).Equals(known.Block, StringComparison.OrdinalIgnoreCase)).Services : null;
    }

    public static bool IsSecretStore(string type) => Of(type) is [Secrets];

    /// <summary>What follows the block, in lower case: the name of its socket.</summary>
    public static string NameOf(string type) => type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..].ToLowerInvariant();
}
