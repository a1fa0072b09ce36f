using System.Text.Json;

namespace McpAspire.Sidecar.PubSub;

/// <summary>A message as its subscriber gets it: a CloudEvent, with the bytes that it was read from.</summary>
/// <param name="Subscription">Which it is for.</param>
/// <param name="Root">A JSON object.</param>
/// <param name="Bytes">The same in JSON.</param>
/// <param name="Message">What was published.</param>
/// <param name="Path">Of the routing rule that it met.</param>
internal sealed record TopicEvent(TopicSubscription Subscription, JsonElement Root, byte[] Bytes, PubSubMessage Message, string Path)
{
    public string Id => Text("id");

    /// <summary>Null: it names none.</summary>
    public string? TraceParent
    {
        get
        {
            foreach (var name in (ReadOnlySpan<string>)["traceparent", "traceid"])
            {
                if (Root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                {
                    return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                }
            }

            return null;
        }
    }

    public string Text(string name) => Root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;

    /// <summary>Never its data.</summary>
    public override string ToString() => Id;
}

/// <summary>What an app says of an event, or its status code means.</summary>
internal enum EventStatus
{
    Success,
    Retry,
    Drop,
}

/// <summary>The status, and the code that it was read from, where there was one.</summary>
internal readonly record struct EventOutcome(EventStatus Status)
{
    public int? HttpStatus { get; init; }

    public int? GrpcStatus { get; init; }

    public static implicit operator EventOutcome(EventStatus status) => new(status);
}
