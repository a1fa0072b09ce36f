using System.Buffers;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.PubSub;
using TopicSubscription = McpAspire.Sidecar.Grpc.Protocol.TopicSubscription;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Dapr's AppCallback service, for events and triggers.</summary>
internal sealed class GrpcCallbacks(AppChannel channel) : IAppCallbacks
{
    private readonly Lazy<AppCallback.AppCallbackClient> _app = new(() => new AppCallback.AppCallbackClient(channel.Invoker));

    public HttpMessageInvoker Subscriptions() => Client(async options => Json((await _app.Value.ListTopicSubscriptionsAsync(new Empty(), options)).Subscriptions));

    public HttpMessageInvoker Event(TopicEvent topicEvent) => Client(async options => Json((await _app.Value.OnTopicEventAsync(TopicEventMessages.Of(topicEvent), options)).Status));

    public HttpMessageInvoker Bulk(TopicEvent topicEvent, string entryId) => Client(async options =>
    {
        var answer = await _app.Value.OnBulkTopicEventAsync(TopicEventMessages.BulkOf(topicEvent, entryId), options);
        return Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("statuses");
            foreach (var status in answer.Statuses)
            {
                writer.WriteStartObject();
                writer.WriteString("entryId", status.EntryId);
                writer.WriteString("status", Name(status.Status));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    });

    public HttpMessageInvoker WantsBinding(string name) => Client(async options =>
        (await _app.Value.ListInputBindingsAsync(new Empty(), options)).Bindings.Contains(name) ? [] : throw new RpcException(new global::Grpc.Core.Status(StatusCode.Unimplemented, name)));

    public HttpMessageInvoker Binding(string name, BindingEvent trigger) => Client(async options =>
    {
        var message = new BindingEventRequest { Name = name, Data = UnsafeByteOperations.UnsafeWrap(trigger.Data) };
        foreach (var (key, value) in trigger.Metadata)
        {
            message.Metadata[key] = value;
        }

        return (await _app.Value.OnBindingEventAsync(message, options)).Data.ToByteArray();
    });

    private static CallbackClient Client(Func<CallOptions, Task<byte[]>> call) => new(new CallbackHandler(call));

    private static byte[] Json(TopicEventResponse.Types.TopicEventResponseStatus status) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", Name(status));
        writer.WriteEndObject();
    });

    /// <summary>A number that is no status is none that is known either.</summary>
    private static string Name(TopicEventResponse.Types.TopicEventResponseStatus status) => status switch
    {
        TopicEventResponse.Types.TopicEventResponseStatus.Success => "SUCCESS",
        TopicEventResponse.Types.TopicEventResponseStatus.Retry => "RETRY",
        TopicEventResponse.Types.TopicEventResponseStatus.Drop => "DROP",
        _ => "UNKNOWN",
    };

    private static byte[] Json(IEnumerable<TopicSubscription> subscriptions) => Json(writer =>
    {
        writer.WriteStartArray();
        foreach (var subscription in subscriptions)
        {
            Write(writer, subscription);
        }

        writer.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter writer, TopicSubscription subscription)
    {
        writer.WriteStartObject();
        writer.WriteString("pubsubname", subscription.PubsubName);
        writer.WriteString("topic", subscription.Topic);
        writer.WriteString("deadLetterTopic", subscription.DeadLetterTopic);
        writer.WriteStartObject("metadata");
        foreach (var (name, value) in subscription.Metadata)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("routes");
        writer.WriteStartArray("rules");
        foreach (var rule in subscription.Routes?.Rules ?? [])
        {
            Write(writer, rule.Match, rule.Path);
        }

        var hasDefault = subscription.Routes is { Default.Length: > 0 };
        if (!hasDefault && subscription.Routes is not { Rules.Count: > 0 })
        {
            Write(writer, string.Empty, string.Empty); // over gRPC an event needs no route
        }

        writer.WriteEndArray();
        writer.WriteString("default", hasDefault ? subscription.Routes!.Default : string.Empty);
        writer.WriteEndObject();
        if (subscription.BulkSubscribe is { } bulk)
        {
            writer.WriteStartObject("bulkSubscribe");
            writer.WriteBoolean("enabled", bulk.Enabled);
            writer.WriteNumber("maxMessagesCount", bulk.MaxMessagesCount);
            writer.WriteNumber("maxAwaitDurationMs", bulk.MaxAwaitDurationMs);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string match, string path)
    {
        writer.WriteStartObject();
        writer.WriteString("match", match);
        writer.WriteString("path", path);
        writer.WriteEndObject();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private sealed class CallbackClient(CallbackHandler handler) : HttpMessageInvoker(handler), IGrpcOutcome
    {
        public int? FailedWith => handler.FailedWith;
    }

    /// <summary>One call, with the headers that the way to the app has put on it. What the app has not is a 404, any other failure a 500.</summary>
    private sealed class CallbackHandler(Func<CallOptions, Task<byte[]>> call) : HttpMessageHandler
    {
        public int? FailedWith { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                var body = await call(new CallOptions(CallMetadata.OfRequest(request), cancellationToken: cancellationToken));
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body), RequestMessage = request };
            }
            catch (RpcException exception)
            {
                FailedWith = (int)exception.StatusCode;
                var status = exception.StatusCode == StatusCode.Unimplemented ? HttpStatusCode.NotFound : HttpStatusCode.InternalServerError;
                return new HttpResponseMessage(status) { Content = new ByteArrayContent([]), RequestMessage = request };
            }
        }
    }
}
