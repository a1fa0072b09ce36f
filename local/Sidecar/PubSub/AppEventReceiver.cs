using System.Buffers;
using System.Text.Json;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Telemetry;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.PubSub;

/// <summary>
/// Brings events to the app, by HTTP or gRPC, through appHttpPipeline as daprd does over HTTP: an app behind a bearer gets none, because an
/// event carries no token.
/// </summary>
internal sealed partial class AppEventReceiver(AppCall app, IAppCallbacks? callbacks, SidecarTracer tracer, ILogger<AppEventReceiver> logger) : IEventReceiver
{
    public async Task<EventOutcome> DeliverAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, CancellationToken cancellationToken)
    {
        var answer = await PostAsync(runtime, topicEvent, ContentTypes.CloudEvent, topicEvent.Bytes, callbacks?.Event(topicEvent), cancellationToken);
        switch (answer.Status)
        {
            case >= 200 and <= 299:
                return Status(StatusText(answer.Body), topicEvent);
            case StatusCodes.Status404NotFound:
                Log.NotFound(logger, topicEvent.Id, topicEvent.Path);
                return EventStatus.Drop;
            default:
                Log.Retriable(logger, topicEvent.Id, topicEvent.Subscription.Topic, answer.Status);
                return Failed(answer);
        }
    }

    public async Task<EventOutcome> DeliverBulkAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, CancellationToken cancellationToken)
    {
        var entryId = Guid.NewGuid().ToString();
        var answer = await PostAsync(runtime, topicEvent, ContentTypes.Json, Bulk(topicEvent, entryId), callbacks?.Bulk(topicEvent, entryId), cancellationToken);
        switch (answer.Status)
        {
            case >= 200 and <= 299:
                return Status(StatusOf(answer.Body, entryId) is { Length: > 0 } status ? status : "RETRY", topicEvent);
            case StatusCodes.Status404NotFound:
                Log.NotFound(logger, topicEvent.Id, topicEvent.Path);
                return EventStatus.Drop;
            default:
                Log.Retriable(logger, topicEvent.Id, topicEvent.Subscription.Topic, answer.Status);
                return Failed(answer);
        }
    }

    private static EventOutcome Failed(AppAnswer answer) => new(EventStatus.Retry) { HttpStatus = answer.Status, GrpcStatus = answer.GrpcStatus };

    private async Task<AppAnswer> PostAsync(RuntimeSnapshot runtime, TopicEvent topicEvent, string contentType, byte[] body, HttpMessageInvoker? client, CancellationToken cancellationToken)
    {
        using var span = CallbackSpan.Start(tracer, $"pubsub/{topicEvent.Subscription.Topic}", topicEvent.TraceParent, topicEvent.Text("tracestate"));
        var answer = await app.SendAsync(
            runtime,
            new AppRequest(HttpMethods.Post, topicEvent.Path, contentType, body) { Headers = [KeyValuePair.Create("pubsubName", topicEvent.Subscription.PubSub)], Client = client, Trace = span.Trace, TraceParent = span.TraceParent },
            cancellationToken);
        span.Complete(answer.Status, "messaging.system", "pubsub", "messaging.destination.name", topicEvent.Subscription.Topic);
        return answer;
    }

    private EventStatus Status(string? status, TopicEvent topicEvent)
    {
        switch (status)
        {
            case null or "" or "SUCCESS":
                return EventStatus.Success;
            case "DROP":
                Log.Dropped(logger, topicEvent.Id);
                return EventStatus.Drop;
            case "RETRY":
                Log.Retry(logger, topicEvent.Id);
                return EventStatus.Retry;
            default:
                Log.UnknownStatus(logger, topicEvent.Id);
                return EventStatus.Retry;
        }
    }

    /// <summary>Null where the answer says nothing that can be read: as in Dapr its status code then counts.</summary>
    private static string? StatusText(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Text(document.RootElement, "status") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? StatusOf(ReadOnlyMemory<byte> body, string entryId)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("statuses", out var statuses) && statuses.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in statuses.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.Object && Text(item, "entryId") == entryId)
                    {
                        return Text(item, "status");
                    }
                }
            }
        }
        catch (JsonException)
        {
            // Not understood: the event counts as not handled.
        }

        return null;
    }

    private static string? Text(JsonElement item, string name)
    {
        foreach (var field in item.EnumerateObject())
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && field.Value.ValueKind == JsonValueKind.String)
            {
                return field.Value.GetString();
            }
        }

        return null;
    }

    private static byte[] Bulk(TopicEvent topicEvent, string entryId)
    {
        var subscription = topicEvent.Subscription;
        MessageMetadata.RawPayloadComplaint(subscription.Metadata, out var isRaw);
        var buffer = new ArrayBufferWriter<byte>(topicEvent.Bytes.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("entries");
            writer.WriteStartObject();
            writer.WriteString("entryId", entryId);
            writer.WritePropertyName("event");
            if (isRaw)
            {
                writer.WriteBase64StringValue(topicEvent.Message.Data);
            }
            else
            {
                writer.WriteRawValue(topicEvent.Bytes, skipInputValidation: true);
            }

            writer.WriteStartObject("metadata");
            foreach (var (name, value) in topicEvent.Message.Metadata)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
            writer.WriteString("contentType", isRaw ? ContentTypes.Binary : ContentTypes.CloudEvent);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteString("id", Guid.NewGuid().ToString());
            writer.WriteStartObject("metadata");
            writer.WriteString("pubsubName", subscription.PubSub);
            writer.WriteEndObject();
            writer.WriteString("pubsubname", subscription.PubSub);
            writer.WriteString("topic", subscription.Topic);
            writer.WriteString("type", "com.dapr.event.sent.bulk");
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "non-retriable error returned from app while processing pub/sub event {Id}: the app has no route '{Path}'. status code returned: 404")]
        public static partial void NotFound(ILogger logger, string id, string path);

        [LoggerMessage(2, LogLevel.Warning, "retriable error returned from app while processing pub/sub event {Id}, topic: {Topic}. status code returned: {Status}")]
        public static partial void Retriable(ILogger logger, string id, string topic, int status);

        [LoggerMessage(3, LogLevel.Warning, "DROP status returned from app while processing pub/sub event {Id}")]
        public static partial void Dropped(ILogger logger, string id);

        [LoggerMessage(4, LogLevel.Warning, "RETRY status returned from app while processing pub/sub event {Id}")]
        public static partial void Retry(ILogger logger, string id);

        [LoggerMessage(5, LogLevel.Warning, "unknown status returned from app while processing pub/sub event {Id}")]
        public static partial void UnknownStatus(ILogger logger, string id);
    }
}
