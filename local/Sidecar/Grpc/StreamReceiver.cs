using System.Collections.Concurrent;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.PubSub;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Brings events to an app over the stream that it holds open, and waits for what it says of each.</summary>
internal sealed class StreamReceiver(IServerStreamWriter<SubscribeTopicEventsResponseAlpha1> stream) : IEventReceiver
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<EventStatus>> _waiting = new(StringComparer.Ordinal);

    public async Task<EventOutcome> DeliverAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, CancellationToken cancellationToken)
    {
        var answered = new TaskCompletionSource<EventStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[topicEvent.Id] = answered;
        try
        {
            await stream.WriteAsync(new SubscribeTopicEventsResponseAlpha1 { EventMessage = TopicEventMessages.Of(topicEvent) }, cancellationToken);
            return await answered.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _waiting.TryRemove(topicEvent.Id, out _);
        }
    }

    /// <summary>Streams have no bulks.</summary>
    public Task<EventOutcome> DeliverBulkAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, CancellationToken cancellationToken)
        => DeliverAsync(runtime, topicEvent, cancellationToken);

    /// <summary>What the app says of an event; of one that it was not sent it can say what it likes.</summary>
    public void Processed(SubscribeTopicEventsRequestProcessedAlpha1 processed)
    {
        if (_waiting.TryGetValue(processed.Id, out var waiting))
        {
            waiting.TrySetResult((processed.Status?.Status ?? TopicEventResponse.Types.TopicEventResponseStatus.Success) switch
            {
                TopicEventResponse.Types.TopicEventResponseStatus.Success => EventStatus.Success,
                TopicEventResponse.Types.TopicEventResponseStatus.Drop => EventStatus.Drop,
                _ => EventStatus.Retry,
            });
        }
    }
}
