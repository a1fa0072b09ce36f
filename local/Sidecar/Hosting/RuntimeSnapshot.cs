using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.McpServers;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;
using McpAspire.Sidecar.State;

namespace McpAspire.Sidecar.Hosting;

/// <summary>All that resources decide, made once: a reload makes a new one and swaps it in.</summary>
internal sealed class RuntimeSnapshot
{
    public required string AppId { get; init; }

    public required string Namespace { get; init; }

    public required ConfigurationResource Configuration { get; init; }

    public required IReadOnlyList<ComponentResource> Components { get; init; }

    public required IReadOnlyDictionary<string, InvocationTarget> Endpoints { get; init; }

    /// <summary>What its resources were read from.</summary>
    public ResourceFiles Files { get; init; } = ResourceFiles.None;

    /// <summary>Kept over a reload that does not change their resource.</summary>
    public McpServerSet McpServers { get; init; } = McpServerSet.Empty;

    /// <summary>Where workflows keep what they do; null: no state store says <c>actorStateStore</c>.</summary>
    public IStateStore? WorkflowState { get; init; }

    /// <summary>Names of resources that are listed and have no effect.</summary>
    public IReadOnlyList<string> WorkflowAccessPolicies { get; init; } = [];

    /// <summary>The names of the Resiliency resources.</summary>
    public IReadOnlyList<string> Resiliencies { get; init; } = [];

    public required IReadOnlyDictionary<string, ISecretStore> SecretStores { get; init; }

    /// <summary>State stores and the like; kept over a reload that does not change their resource.</summary>
    public EmbeddedSet Embedded { get; init; } = EmbeddedSet.Empty;

    public ComponentPolicies ComponentPolicies { get; init; } = ComponentPolicies.None;

    /// <summary>Those of the resources, in the order that they were read in.</summary>
    public IReadOnlyList<TopicSubscription> Subscriptions { get; init; } = [];

    /// <summary>Null: there is no app behind this sidecar.</summary>
    public required InvocationTarget? App { get; init; }

    public required SidecarDelegate HttpPipeline { get; init; }

    public required SidecarDelegate AppPipeline { get; init; }

    /// <summary>The sidecar of another app, by its id and namespace.</summary>
    public required Func<string, string, InvocationTarget?> FindSidecar { get; init; }

    public required IReadOnlyList<IWarmUp> WarmUps { get; init; }

    public required ServedApis Apis { get; init; }

    public bool IsReady
    {
        get
        {
            foreach (var warmUp in WarmUps)
            {
                if (!warmUp.IsReady)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>An HTTPEndpoint of that name, or the app; an id may carry its namespace after a dot.</summary>
    public InvocationTarget? FindTarget(string id, out string reason)
    {
        var name = id;
        if (id.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot)
        {
            if (id.IndexOf('.', dot + 1) >= 0)
            {
                reason = $"invalid app id {id}";
                return null;
            }

            name = id[(dot + 1)..] == Namespace ? id[..dot] : id;
        }

        if (Endpoints.TryGetValue(name, out var endpoint))
        {
            reason = string.Empty;
            return endpoint;
        }

        if (name == AppId)
        {
            reason = "app channel is not initialized";
            return App;
        }

        reason = $"couldn't find service: {id}";
        var inNamespace = name.IndexOf('.', StringComparison.Ordinal);
        return inNamespace < 0 ? FindSidecar(name, Namespace) : FindSidecar(name[..inNamespace], name[(inNamespace + 1)..]);
    }

    /// <summary>Whether an id names this sidecar's own app.</summary>
    public bool IsOwn(string id) => id == AppId || (id.Length > AppId.Length && id.StartsWith(AppId, StringComparison.Ordinal) && id[AppId.Length] == '.' && id[(AppId.Length + 1)..] == Namespace);
}

/// <summary>Which groups of the API <c>spec.api</c> leaves open.</summary>
internal sealed record ServedApis
{
    public required bool Invoke { get; init; }

    public required bool Metadata { get; init; }

    public required bool Secrets { get; init; }

    public required bool Shutdown { get; init; }

    public required bool State { get; init; }

    public required bool StateAlpha { get; init; }

    public required bool Publish { get; init; }

    public required bool PublishBulkAlpha { get; init; }

    public required bool Bindings { get; init; }

    public required bool CryptoAlpha { get; init; }

    public required bool Workflows { get; init; }

    public required bool WorkflowsBeta { get; init; }

    public required bool WorkflowsAlpha { get; init; }

    public static ServedApis Of(ApiAccess access) => new()
    {
        Invoke = access.Serves("invoke"),
        Metadata = access.Serves("metadata"),
        Secrets = access.Serves("secrets"),
        Shutdown = access.Serves("shutdown"),
        State = access.Serves("state"),
        StateAlpha = access.Serves("state", "v1alpha1"),
        Publish = access.Serves("publish"),
        PublishBulkAlpha = access.Serves("publish", "v1alpha1"),
        Bindings = access.Serves("bindings"),
        CryptoAlpha = access.Serves("crypto", "v1alpha1"),
        Workflows = access.Serves("workflows"),
        WorkflowsBeta = access.Serves("workflows", "v1beta1"),
        WorkflowsAlpha = access.Serves("workflows", "v1alpha1"),
    };
}
