namespace McpAspire.Sidecar.PubSub;

/// <summary>What is published: a CloudEvent in JSON, or with <c>rawPayload</c> any bytes. It is not copied for each subscriber.</summary>
internal sealed record PubSubMessage(string Topic, byte[] Data, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Never its data.</summary>
    public override string ToString() => Topic;
}
