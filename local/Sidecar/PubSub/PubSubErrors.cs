using McpAspire.Sidecar.Api;

namespace McpAspire.Sidecar.PubSub;

/// <summary>The errors of Dapr's publish API, in its words.</summary>
internal sealed class PubSubErrors(string pubSub, string topic, string appId)
{
    private const int InvalidArgument = 3;
    private const int PermissionDenied = 7;
    private const int ResourceExhausted = 8;
    private const int Internal = 13;

    public ApiFailure NameEmpty()
        => new(StatusCodes.Status404NotFound, InvalidArgument, "ERR_PUBSUB_EMPTY", "pubsub name is empty", "DAPR_PUBSUB_NAME_EMPTY") { Resource = Resource };

    public ApiFailure NotFound(IReadOnlyDictionary<string, string> metadata)
        => new(StatusCodes.Status404NotFound, InvalidArgument, "ERR_PUBSUB_NOT_FOUND", $"pubsub {pubSub} is not found", "DAPR_PUBSUB_NOT_FOUND") { Metadata = metadata };

    public ApiFailure TopicEmpty(IReadOnlyDictionary<string, string> metadata)
        => new(StatusCodes.Status404NotFound, InvalidArgument, "ERR_TOPIC_NAME_EMPTY", $"topic is empty in pubsub {pubSub}", "DAPR_PUBSUB_TOPIC_NAME_EMPTY") { Metadata = metadata, Resource = Resource };

    public ApiFailure BadMetadata(IReadOnlyDictionary<string, string> metadata, string reason)
        => new(StatusCodes.Status400BadRequest, InvalidArgument, "ERR_PUBSUB_REQUEST_METADATA", $"failed deserializing metadata. Error: {reason}", "DAPR_PUBSUB_METADATA_DESERIALIZATION") { Metadata = metadata, Resource = Resource };

    public ApiFailure Forbidden()
        => new(StatusCodes.Status403Forbidden, PermissionDenied, "ERR_PUBSUB_FORBIDDEN", $"topic {topic} is not allowed for app id {appId}", "DAPR_PUBSUB_FORBIDDEN")
        {
            Metadata = Of("topic", topic, "error", $"topic {topic} is not allowed for app id {appId}"),
            Resource = Resource,
        };

    public ApiFailure NoCloudEvent(string reason)
        => new(StatusCodes.Status500InternalServerError, InvalidArgument, "ERR_PUBSUB_CLOUD_EVENTS_SER", "cannot create cloudevent", "DAPR_PUBSUB_CLOUD_EVENT_CREATION") { Metadata = Of("appID", appId, "error", reason), Resource = Resource };

    public ApiFailure NoEvents(string reason)
        => new(StatusCodes.Status400BadRequest, InvalidArgument, "ERR_PUBSUB_EVENTS_SER", $"error when unmarshaling the request for topic {topic} pubsub {pubSub}: {reason}", "DAPR_PUBSUB_UNMARSHAL_EVENTS") { Metadata = Of("appID", appId), Resource = Resource };

    public ApiFailure BadEvent(string reason)
        => new(StatusCodes.Status400BadRequest, InvalidArgument, "ERR_PUBSUB_EVENTS_SER", $"error when marshalling cloud event envelope for topic {topic} pubsub {pubSub}: {reason}", "DAPR_PUBSUB_MARSHAL_ENVELOPE") { Metadata = Of("appID", appId, "error", reason), Resource = Resource };

    public ApiFailure BadEntry(string reason)
        => new(StatusCodes.Status400BadRequest, InvalidArgument, "ERR_PUBSUB_EVENTS_SER", $"error marshaling events to bytes for topic {topic} pubsub {pubSub}. error: {reason}", "DAPR_PUBSUB_MARSHAL_EVENTS") { Metadata = Of("appID", appId, "error", reason), Resource = Resource };

    public ApiFailure SharedMetadata() => BadEntry($"the metadata of the call, for each entry, are more than {BulkEntry.MaxSharedMetadata}");

    public ApiFailure Of(PublishFailure failure) => failure.Reason.Length == 0 ? NoRoom() : Failed(failure.Reason);

    private ApiFailure Failed(string reason)
        => new(StatusCodes.Status500InternalServerError, Internal, "ERR_PUBSUB_PUBLISH_MESSAGE", $"error when publishing to topic {topic} in pubsub {pubSub}: {reason}", "DAPR_PUBSUB_PUBLISH_MESSAGE") { Metadata = Of("topic", topic, "error", reason), Resource = Resource };

    /// <summary>A subscriber has fallen behind: the message is nowhere, and can be published again.</summary>
    private ApiFailure NoRoom()
    {
        var reason = $"a subscription to it has no room: {TopicQueue.MaxMessages} messages or {TopicQueue.MaxBytes / (1024 * 1024)} MiB wait";
        return new(StatusCodes.Status500InternalServerError, ResourceExhausted, "ERR_PUBSUB_PUBLISH_MESSAGE", $"error when publishing to topic {topic} in pubsub {pubSub}: {reason}", "DAPR_PUBSUB_PUBLISH_MESSAGE") { Metadata = Of("topic", topic, "error", reason), Resource = Resource };
    }

    private (string, string)? Resource => ("pubsub", pubSub);

    private static Dictionary<string, string> Of(string name, string value) => new() { [name] = value };

    private static Dictionary<string, string> Of(string name, string value, string otherName, string otherValue) => new() { [name] = value, [otherName] = otherValue };
}
