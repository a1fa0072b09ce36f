using McpAspire.Sidecar.Components;

namespace McpAspire.Sidecar.PubSub;

/// <summary>A pub/sub component: what the app may do with its topics, and its subscribers.</summary>
internal interface IPubSub : IEmbeddedComponent
{
    TopicScopes Scopes { get; }

    /// <summary>A subscription in bulks does not wait for further messages.</summary>
    bool DeliversBulksAtOnce => false;

    /// <summary>Null: it is published.</summary>
    ValueTask<PublishFailure?> PublishAsync(PubSubMessage message, CancellationToken cancellationToken);

    /// <summary>Null: all of them are published.</summary>
    ValueTask<PublishFailure?> PublishAllAsync(IReadOnlyList<PubSubMessage> messages, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    void Attach(TopicQueue queue);

    /// <summary>No further message comes.</summary>
    /// <returns>Done when the component has been told of the last one.</returns>
    Task DetachAsync(TopicQueue queue);

    /// <summary>Before the end: no new messages, and those that are there already are handled.</summary>
    Task PauseAsync() => Task.CompletedTask;
}

/// <summary>Why something was not published.</summary>
/// <param name="Reason">In words; empty: a subscription has no room.</param>
internal sealed record PublishFailure(string Reason)
{
    /// <summary>The gRPC status that a component in another process answered with.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>Of a bulk in which some were: what was not, by its place. Null: none of them was.</summary>
    public IReadOnlyDictionary<int, string>? Entries { get; init; }
}
