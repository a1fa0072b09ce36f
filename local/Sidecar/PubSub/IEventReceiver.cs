using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.PubSub;

/// <summary>Brings events to whoever subscribed: over HTTP, gRPC, or a stream.</summary>
internal interface IEventReceiver
{
    Task<EventOutcome> DeliverAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, CancellationToken cancellationToken);

    /// <summary>One event as a bulk of one.</summary>
    Task<EventOutcome> DeliverBulkAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, CancellationToken cancellationToken);
}
