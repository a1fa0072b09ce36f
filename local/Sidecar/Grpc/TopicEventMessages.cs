using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.PubSub;
using ByteString = Google.Protobuf.ByteString;

namespace McpAspire.Sidecar.Grpc;

/// <summary>A CloudEvent as the messages of Dapr's gRPC API have it: its own fields apart, all others as extensions.</summary>
internal static class TopicEventMessages
{
    private static readonly string[] _ownFields = ["id", "source", "datacontenttype", "type", "specversion", "data", "data_base64"];

    public static TopicEventRequest Of(TopicEvent topicEvent) => new()
    {
        Id = topicEvent.Id,
        Source = topicEvent.Text("source"),
        Type = topicEvent.Text("type"),
        SpecVersion = topicEvent.Text("specversion"),
        DataContentType = topicEvent.Text("datacontenttype"),
        Data = Data(topicEvent),
        Topic = topicEvent.Message.Topic,
        PubsubName = topicEvent.Subscription.PubSub,
        Path = topicEvent.Path,
        Extensions = Extensions(topicEvent),
    };

    public static TopicEventBulkRequest BulkOf(TopicEvent topicEvent, string entryId)
    {
        MessageMetadata.RawPayloadComplaint(topicEvent.Subscription.Metadata, out var isRaw);
        var entry = new TopicEventBulkRequestEntry { EntryId = entryId, ContentType = isRaw ? ContentTypes.Binary : ContentTypes.CloudEvent };
        if (isRaw)
        {
            entry.Bytes = ByteString.CopyFrom(topicEvent.Message.Data);
        }
        else
        {
            entry.CloudEvent = new TopicEventCERequest
            {
                Id = topicEvent.Id,
                Source = topicEvent.Text("source"),
                Type = topicEvent.Text("type"),
                SpecVersion = topicEvent.Text("specversion"),
                DataContentType = topicEvent.Text("datacontenttype"),
                Data = Data(topicEvent),
                Extensions = Extensions(topicEvent),
            };
        }

        foreach (var (name, value) in topicEvent.Message.Metadata)
        {
            entry.Metadata[name] = value;
        }

        return new TopicEventBulkRequest
        {
            Id = Guid.NewGuid().ToString(),
            Topic = topicEvent.Message.Topic,
            PubsubName = topicEvent.Subscription.PubSub,
            Type = "com.dapr.event.sent.bulk",
            Path = topicEvent.Path,
            Entries = { entry },
            Metadata = { ["pubsubName"] = topicEvent.Subscription.PubSub },
        };
    }

    private static ByteString Data(TopicEvent topicEvent)
    {
        if (topicEvent.Root.TryGetProperty("data_base64", out var base64) && base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out var bytes))
        {
            return UnsafeByteOperations.UnsafeWrap(bytes);
        }

        if (!topicEvent.Root.TryGetProperty("data", out var data) || data.ValueKind == JsonValueKind.Null)
        {
            return ByteString.Empty;
        }

        var type = topicEvent.Text("datacontenttype");
        return ContentTypes.IsText(type) && data.ValueKind == JsonValueKind.String ? ByteString.CopyFromUtf8(data.GetString()!)
            : ContentTypes.IsJson(type) || ContentTypes.IsCloudEvent(type) ? ByteString.CopyFromUtf8(data.GetRawText())
            : ByteString.Empty;
    }

    private static Struct Extensions(TopicEvent topicEvent)
    {
        var extensions = new Struct();
        foreach (var field in topicEvent.Root.EnumerateObject())
        {
            if (!_ownFields.Contains(field.Name))
            {
                extensions.Fields[field.Name] = Of(field.Value);
            }
        }

        return extensions;
    }

    private static Value Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Value.ForString(value.GetString()),
        JsonValueKind.Number => Value.ForNumber(value.GetDouble()),
        JsonValueKind.True => Value.ForBool(true),
        JsonValueKind.False => Value.ForBool(false),
        JsonValueKind.Array => Value.ForList([.. value.EnumerateArray().Select(Of)]),
        JsonValueKind.Object => Value.ForStruct(new Struct { Fields = { value.EnumerateObject().ToDictionary(field => field.Name, field => Of(field.Value)) } }),
        _ => Value.ForNull(),
    };
}
