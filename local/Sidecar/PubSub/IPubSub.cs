using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.PubSub;

/// <summary>A pub/sub component: what the app may do with its topics, and its subscribers.</summary>
internal interface IPubSub : IEmbeddedComponent
{
    TopicScopes Scopes { get; }

    /// <summary>All of them to every subscription that wants them, or none to any: false when one has no room.</summary>
    bool TryPublish(params ReadOnlySpan<PubSubMessage> messages);

    void Attach(TopicQueue queue);

    void Detach(TopicQueue queue);
}
