using System.Collections.Concurrent;

namespace McpAspire.Sidecar.Resiliency;

/// <summary>Kinds of components, as Dapr's names of default policies have them (<c>DefaultStatestoreComponentOutboundRetryPolicy</c>).</summary>
internal enum ComponentKind
{
    Statestore,
    Pubsub,
    Binding,
    Secretstore,
}

internal enum PolicyFlow
{
    /// <summary>From the sidecar to a component or an app.</summary>
    Outbound,

    /// <summary>From a component to the app.</summary>
    Inbound,
}

/// <summary>What a Resiliency says of the components of one set of resources; their circuits are as old as the set.</summary>
internal sealed class ComponentPolicies(Func<string, ComponentKind, PolicyFlow, ResilientTarget?> find)
{
    private readonly ConcurrentDictionary<(string Name, ComponentKind Kind, PolicyFlow Flow), ResilientOperation?> _found = new();

    public static ComponentPolicies None { get; } = new((_, _, _) => null);

    /// <summary>Null: an operation of that component is tried once, and takes as long as it takes. The name is one that exists.</summary>
    public ResilientOperation? Of(string name, ComponentKind kind, PolicyFlow flow)
        => _found.GetOrAdd((name, kind, flow), static (key, find) => find(key.Name, key.Kind, key.Flow) is { } target ? new ResilientOperation(target) : null, find);
}
