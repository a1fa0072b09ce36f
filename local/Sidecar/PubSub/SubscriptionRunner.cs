using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resiliency;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.PubSub;

/// <summary>
/// One subscription at work: takes each message out of its queue, finds its route, brings it to the app. What is not handled goes
/// to the dead letter topic; without one it is gone, as with Dapr's in-memory component, which does not send a message again.
/// </summary>
internal sealed partial class SubscriptionRunner
{
    private readonly TopicSubscription _subscription;
    private readonly IEventReceiver _receiver;
    private readonly SubscriptionHost _host;
    private readonly CancellationTokenSource _cutOff = new();
    private readonly CancellationTokenSource _lastTry = new();
    private Task? _running;

    public SubscriptionRunner(TopicSubscription subscription, IEventReceiver receiver, SubscriptionHost host)
    {
        (_subscription, _receiver, _host) = (subscription, receiver, host);
        Queue = new TopicQueue(subscription.Topic, HandleAsync) { Metadata = subscription.Metadata };
    }

    public TopicSubscription Subscription => _subscription;

    public TopicQueue Queue { get; }

    /// <summary>Where its queue is attached; null: nowhere.</summary>
    public IPubSub? Attached { get; private set; }

    /// <summary>Done when it has ended.</summary>
    public Task Completion => _running ?? Task.CompletedTask;

    public void Start() => _running = Queue.RunAsync();

    /// <summary>To the component that its topic is of now, and no longer to an earlier one.</summary>
    public void AttachTo(IPubSub pubSub)
    {
        if (Attached is { } earlier && !ReferenceEquals(earlier, pubSub))
        {
            _ = DetachAsync();
        }

        Attached = pubSub;
        pubSub.Attach(Queue);
    }

    public Task DetachAsync()
    {
        var pubSub = Attached;
        Attached = null;
        return pubSub?.DetachAsync(Queue) ?? Task.CompletedTask;
    }

    /// <summary>Takes no message any more and handles those it has, each in one try.</summary>
    public Task StopAsync()
    {
        _lastTry.Cancel();
        Queue.Complete();
        return Completion;
    }

    /// <summary>Ends it with whatever it holds: a stream whose app is gone.</summary>
    public void CutOff()
    {
        _cutOff.Cancel();
        Queue.Complete();
    }

    private async Task HandleAsync(PubSubMessage message)
    {
        var delivery = Delivery.Abandoned;
        try
        {
            delivery = _cutOff.IsCancellationRequested ? Delivery.Abandoned : await HandleOrFailAsync(message) ? Delivery.Handled : Delivery.Failed;
        }
        finally
        {
            message.Delivery?.TrySetResult(delivery);
        }
    }

    /// <summary>Whether nothing more is to be done with it.</summary>
    private async Task<bool> HandleOrFailAsync(PubSubMessage message)
    {
        try
        {
            return await TryHandleAsync(message);
        }
        catch (OperationCanceledException) when (_cutOff.IsCancellationRequested)
        {
            return false; // nobody is there to take it
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // One message must not end the subscription.
            Log.Failed(_host.Logger, _subscription.PubSub, message.Topic, exception.GetType().Name);
            return await NotHandledAsync(message, TimeSpan.Zero);
        }
    }

    private async Task<bool> TryHandleAsync(PubSubMessage message)
    {
        if (MessageMetadata.RawPayloadComplaint(_subscription.Metadata, out var isRaw) is { } complaint)
        {
            Log.BadMetadata(_host.Logger, complaint);
            return await NotHandledAsync(message, TimeSpan.Zero);
        }

        var bytes = isRaw ? CloudEventEnvelope.OfRawPayload(message.Data, message.Topic, _subscription.PubSub, message.Metadata) : message.Data;
        using var document = Parse(bytes);
        if (document is null)
        {
            Log.NoCloudEvent(_host.Logger, _subscription.PubSub, message.Topic);
            return await NotHandledAsync(message, TimeSpan.Zero);
        }

        var root = document.RootElement;
        if (HasExpired(root))
        {
            Log.Expired(_host.Logger, new TopicEvent(_subscription, root, bytes, message, string.Empty).Id);
            Count("drop", "drop", message, TimeSpan.Zero);
            await TryDeadLetterAsync(message);
            return true;
        }

        string? path;
        try
        {
            path = RouteOf(root);
        }
        catch (EventMatchException problem)
        {
            Log.RouteFailed(_host.Logger, _subscription.PubSub, message.Topic, problem.Message);
            return await NotHandledAsync(message, TimeSpan.Zero);
        }

        if (path is null)
        {
            Log.NoRoute(_host.Logger, _subscription.PubSub, message.Topic);
            Count("drop", "success", message, TimeSpan.Zero);
            await TryDeadLetterAsync(message);
            return true;
        }

        return await DeliverAsync(new TopicEvent(_subscription, root, bytes, message, path));
    }

    private async Task<bool> DeliverAsync(TopicEvent topicEvent)
    {
        var runtime = _host.Runtime();
        var started = Stopwatch.GetTimestamp();
        var status = await DeliverAsync(runtime, topicEvent);
        var elapsed = Stopwatch.GetElapsedTime(started);
        switch (status)
        {
            case EventStatus.Success:
                Count("success", "success", topicEvent.Message, elapsed);
                return true;
            case EventStatus.Drop:
                Count("drop", "success", topicEvent.Message, elapsed);
                return await TryDeadLetterAsync(topicEvent.Message) || _subscription.DeadLetterTopic.Length == 0;
            default:
                return await NotHandledAsync(topicEvent.Message, elapsed);
        }
    }

    private async Task<EventStatus> DeliverAsync(RuntimeSnapshot runtime, TopicEvent topicEvent)
    {
        if (runtime.ComponentPolicies.Of(_subscription.PubSub, ComponentKind.Pubsub, PolicyFlow.Inbound) is not { } policy)
        {
            return (await DeliverOnceAsync(runtime, topicEvent, _cutOff.Token)).Status;
        }

        try
        {
            // Tried again with the app as it is then, and no more once the subscription ends.
            var outcome = await policy.RunAsync(token => DeliverOnceAsync(_host.Runtime(), topicEvent, token), FailureOf, _ => null, _cutOff.Token, _lastTry.Token);
            return outcome.Status;
        }
        catch (PolicyException exception)
        {
            Log.EndedByPolicy(_host.Logger, topicEvent.Id, exception.Message);
            return EventStatus.Retry;
        }
    }

    private Task<EventOutcome> DeliverOnceAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, CancellationToken cancellationToken)
        => _subscription.Bulk is { } bulk
            ? DeliverBulkAsync(runtime, topicEvent, bulk, cancellationToken)
            : _receiver.DeliverAsync(runtime, topicEvent, cancellationToken);

    private static OperationFailure? FailureOf(EventOutcome outcome)
        => outcome.Status == EventStatus.Retry ? new OperationFailure("the app did not handle the event") { HttpStatus = outcome.HttpStatus, GrpcStatus = outcome.GrpcStatus } : null;

    /// <summary>
    /// A bulk holds one event here, after the wait that the subscription names: Dapr's in-memory component brings the next message
    /// when this one is done.
    /// </summary>
    private async Task<EventOutcome> DeliverBulkAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, BulkSettings bulk, CancellationToken cancellationToken)
    {
        if (bulk.MaxMessages > 1 && Attached is not { DeliversBulksAtOnce: true })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(bulk.MaxAwaitMilliseconds), _host.Time, cancellationToken);
        }

        return await _receiver.DeliverBulkAsync(runtime, topicEvent, cancellationToken);
    }

    /// <summary>Null: it meets no rule.</summary>
    private string? RouteOf(JsonElement root)
    {
        foreach (var rule in _subscription.Rules)
        {
            if (rule.Match is null || rule.Match.Holds(root))
            {
                return rule.Path;
            }
        }

        return null;
    }

    /// <summary>Whether it is in the dead letter topic.</summary>
    private async Task<bool> NotHandledAsync(PubSubMessage message, TimeSpan elapsed)
    {
        var isDeadLetter = await TryDeadLetterAsync(message);
        var status = isDeadLetter ? "drop" : "retry";
        Count(status, status, message, elapsed);
        return isDeadLetter;
    }

    private async Task<bool> TryDeadLetterAsync(PubSubMessage message)
    {
        var topic = _subscription.DeadLetterTopic;
        if (topic.Length == 0)
        {
            return false;
        }

        if (message.Dead(topic) is { } dead
            && _host.Runtime().Embedded.Find<IPubSub>(_subscription.PubSub) is { } pubSub
            && pubSub.Scopes.MayPublish(topic)
            && await ResilientPublish.SendAsync(_host.Runtime(), pubSub, _subscription.PubSub, dead, isOverHttp: false, _cutOff.Token) is null)
        {
            return true;
        }

        Log.NoDeadLetter(_host.Logger, message.Topic, topic);
        return false;
    }

    private void Count(string processStatus, string status, PubSubMessage message, TimeSpan elapsed)
    {
        if (_host.Metrics.IsEnabled)
        {
            _host.Metrics.PubSub.Received(_subscription.PubSub, message.Topic, processStatus, status, elapsed);
        }
    }

    private static JsonDocument? Parse(byte[] bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // No CloudEvent.
        }

        return null;
    }

    private bool HasExpired(JsonElement root)
        => root.TryGetProperty("expiration", out var expiration)
           && expiration.ValueKind == JsonValueKind.String
           && DateTimeOffset.TryParse(expiration.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
           && time < _host.Time.GetUtcNow();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "error deserializing cloud event in pubsub {PubSub} and topic {Topic}: it is not a JSON object")]
        public static partial void NoCloudEvent(ILogger logger, string pubSub, string topic);

        [LoggerMessage(2, LogLevel.Error, "error deserializing pubsub metadata: {Problem}")]
        public static partial void BadMetadata(ILogger logger, string problem);

        [LoggerMessage(3, LogLevel.Warning, "dropping expired pub/sub event {Id}")]
        public static partial void Expired(ILogger logger, string id);

        [LoggerMessage(4, LogLevel.Error, "error finding matching route for an event in pubsub {PubSub} and topic {Topic}: {Problem}")]
        public static partial void RouteFailed(ILogger logger, string pubSub, string topic, string problem);

        [LoggerMessage(5, LogLevel.Debug, "no matching route for an event in pubsub {PubSub} and topic {Topic}; skipping")]
        public static partial void NoRoute(ILogger logger, string pubSub, string topic);

        [LoggerMessage(6, LogLevel.Error, "error sending message to dead letter, origin topic: {Topic} dead letter topic {DeadLetterTopic}")]
        public static partial void NoDeadLetter(ILogger logger, string topic, string deadLetterTopic);

        [LoggerMessage(7, LogLevel.Error, "error delivering an event in pubsub {PubSub} and topic {Topic}: {Problem}")]
        public static partial void Failed(ILogger logger, string pubSub, string topic, string problem);

        [LoggerMessage(8, LogLevel.Warning, "a Resiliency ended the delivery of pub/sub event {Id}: {Reason}")]
        public static partial void EndedByPolicy(ILogger logger, string id, string reason);
    }
}

/// <summary>What subscriptions use of the sidecar.</summary>
internal sealed record SubscriptionHost(Func<RuntimeSnapshot> Runtime, SidecarMetrics Metrics, TimeProvider Time, ILogger Logger);
