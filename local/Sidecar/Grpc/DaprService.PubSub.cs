using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.PubSub;
using Status = Grpc.Core.Status;
using TopicSubscription = McpAspire.Sidecar.PubSub.TopicSubscription;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Publishing, and subscribing over a stream.</summary>
internal sealed partial class DaprService
{
    public override Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context)
        => Calls.RunAsync(context, new ApiCall("publish", HttpMethods.Post, $"/v1.0/publish/{ApiPath.Part(request.PubsubName)}/{ApiPath.Part(request.Topic)}"), async sent =>
        {
            await parts.Publisher.PublishAsync(sent.Runtime, Traced(Call(sent, request.PubsubName, request.Topic, request.Metadata)), request.Data.Memory, request.DataContentType, context.CancellationToken);
            return new Empty();
        });

    public override Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext context) => BulkPublish(request, "v1", context);

    public override Task<BulkPublishResponse> BulkPublishEventAlpha1(BulkPublishRequest request, ServerCallContext context) => BulkPublish(request, "v1alpha1", context);

    /// <summary>One subscription for as long as the stream is open: first what is wanted, then what became of each event.</summary>
    public override async Task SubscribeTopicEventsAlpha1(
        IAsyncStreamReader<SubscribeTopicEventsRequestAlpha1> requestStream, IServerStreamWriter<SubscribeTopicEventsResponseAlpha1> responseStream, ServerCallContext context)
    {
        Calls.CheckServed(SubscribeCall(null));
        var first = requestStream.NextAsync(context.CancellationToken);
        if (await Task.WhenAny(first, parts.Feeds.Ended) != first)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "api server closed"));
        }

        // Who may not subscribe is not told what is wrong with the request.
        var initial = await first ? requestStream.Current.InitialRequest : null;
        var call = SubscribeCall(initial);
        var reloaded = Calls.Reloaded;
        await Calls.RunAsync(context, call, async _ =>
        {
            await StreamAsync(Checked(initial), requestStream, responseStream, context, new Judgement(reloaded, call));
            return new Empty();
        });
    }

    private static ApiCall SubscribeCall(SubscribeTopicEventsRequestInitialAlpha1? initial)
        => new("subscribe", HttpMethods.Post, $"/v1.0-alpha1/subscribe/{ApiPath.Part(initial?.PubsubName ?? string.Empty)}/{ApiPath.Part(initial?.Topic ?? string.Empty)}") { Version = "v1alpha1" };

    private static SubscribeTopicEventsRequestInitialAlpha1 Checked(SubscribeTopicEventsRequestInitialAlpha1? initial) => initial switch
    {
        null => throw new RpcException(new Status(StatusCode.Unknown, "initial request is required")),
        { PubsubName.Length: 0 } => throw new RpcException(new Status(StatusCode.Unknown, "pubsubName is required")),
        { Topic.Length: 0 } => throw new RpcException(new Status(StatusCode.Unknown, "topic is required")),
        _ => initial,
    };

    private async Task StreamAsync(
        SubscribeTopicEventsRequestInitialAlpha1 initial, IAsyncStreamReader<SubscribeTopicEventsRequestAlpha1> requests, IServerStreamWriter<SubscribeTopicEventsResponseAlpha1> responses, ServerCallContext context, Judgement judgement)
    {
        var subscriptions = parts.Feeds.Subscriptions ?? throw new PubSubErrors(initial.PubsubName, initial.Topic, string.Empty).NotFound(MessageMetadata.None);
        var receiver = new StreamReceiver(responses);
        var runner = subscriptions.Open(
            new TopicSubscription(initial.PubsubName, initial.Topic, SubscriptionType.Streaming)
            {
                DeadLetterTopic = initial.DeadLetterTopic,
                Metadata = initial.Metadata.ToDictionary(),
                Rules = [new RoutingRule(null, "/")],
            },
            receiver);
        try
        {
            await responses.SendAsync(new SubscribeTopicEventsResponseAlpha1 { InitialResponse = new SubscribeTopicEventsResponseInitialAlpha1() }, context.CancellationToken);
            runner.Queue.Resume();
            await ReadAsync(requests, receiver, runner.Completion, context, judgement);
        }
        finally
        {
            subscriptions.Close(runner);
        }
    }

    /// <summary>Until the app closes the stream, the sidecar has ended the subscription, or a reload has closed what the stream came through.</summary>
    private async Task ReadAsync(IAsyncStreamReader<SubscribeTopicEventsRequestAlpha1> requests, StreamReceiver receiver, Task ended, ServerCallContext context, Judgement judgement)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var next = requests.NextAsync(reading.Token);
        try
        {
            while (true)
            {
                var first = await Task.WhenAny(next, ended, judgement.Reloaded);
                if (first == judgement.Reloaded)
                {
                    judgement = judgement with { Reloaded = Calls.Reloaded };
                    await Calls.JudgeAgainAsync(context, judgement.Call);
                    continue;
                }

                if (first == ended || !await next)
                {
                    return;
                }

                if (requests.Current.EventProcessed is not { } processed)
                {
                    throw new RpcException(new Status(StatusCode.Unknown, "duplicate initial request received"));
                }

                receiver.Processed(processed);
                next = requests.NextAsync(reading.Token);
            }
        }
        finally
        {
            // The server gives what belongs to this call to the next one of the connection: nothing may go on reading from it.
            await reading.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<BulkPublishResponse> BulkPublish(BulkPublishRequest request, string version, ServerCallContext context)
        => Calls.RunAsync(context, new ApiCall("publish", HttpMethods.Post, $"/v1.0/publish/bulk/{ApiPath.Part(request.PubsubName)}/{ApiPath.Part(request.Topic)}") { Version = version }, async sent =>
        {
            var publish = Call(sent, request.PubsubName, request.Topic, request.Metadata);
            Publisher.Find(sent.Runtime, publish);
            var ids = new HashSet<string>(StringComparer.Ordinal);
            if (request.Entries.Any(entry => entry.EntryId.Length == 0 || !ids.Add(entry.EntryId)))
            {
                throw Publisher.Errors(sent.Runtime, publish).BadEntry("entryId is duplicated or not present for entry");
            }

            if ((long)request.Metadata.Count * request.Entries.Count(entry => entry.Metadata.Count > 0) > BulkEntry.MaxSharedMetadata)
            {
                throw Publisher.Errors(sent.Runtime, publish).SharedMetadata();
            }

            var entries = request.Entries.Select(entry => new BulkEntry(entry.EntryId, entry.Event.Memory, entry.ContentType, Merged(request.Metadata, entry.Metadata))).ToArray();
            return await parts.Publisher.PublishAllAsync(sent.Runtime, publish, entries, context.CancellationToken) is { } bulk ? throw bulk.Failure : new BulkPublishResponse();
        });

    private static PublishCall Call(SidecarRequest sent, string pubSub, string topic, IDictionary<string, string> metadata)
    {
        var (parent, state) = EventTrace.Of(sent);
        return new PublishCall(pubSub, topic, new Dictionary<string, string>(metadata, StringComparer.Ordinal), parent, state);
    }

    /// <summary>As in Dapr: a raw payload has no envelope that could carry its trace.</summary>
    private static PublishCall Traced(PublishCall call)
        => MessageMetadata.RawPayloadComplaint(call.Metadata, out var isRaw) is null && isRaw
            ? call with { Metadata = new Dictionary<string, string>(call.Metadata, StringComparer.Ordinal) { ["traceid"] = call.TraceParent, ["tracestate"] = call.TraceState } }
            : call;

    /// <summary>Those of the call hold for entries that say something themselves, as in Dapr.</summary>
    private static Dictionary<string, string> Merged(IDictionary<string, string> ofCall, IDictionary<string, string> ofEntry)
    {
        var merged = ofEntry.Count == 0 ? [] : new Dictionary<string, string>(ofCall, StringComparer.Ordinal);
        foreach (var (name, value) in ofEntry)
        {
            merged[name] = value;
        }

        return merged;
    }

    /// <summary>A stream was let in as this call; what let it in holds until the next reload.</summary>
    private sealed record Judgement(Task Reloaded, ApiCall Call);
}
