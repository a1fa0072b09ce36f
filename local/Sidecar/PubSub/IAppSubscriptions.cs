using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.PubSub;

/// <summary>Asks the app which topics it wants.</summary>
internal interface IAppSubscriptions
{
    /// <summary>Null when the app did not answer: it can be asked again.</summary>
    Task<IReadOnlyList<TopicSubscription>?> AskAsync(RuntimeSnapshot runtime, CancellationToken cancellationToken);
}
