namespace McpAspire.Sidecar.PubSub;

/// <summary>What is published: a CloudEvent in JSON, or with <c>rawPayload</c> any bytes. It is not copied for each subscriber.</summary>
internal sealed record PubSubMessage(string Topic, byte[] Data, IReadOnlyDictionary<string, string> Metadata)
{
    private const int MaxDeaths = 8;

    /// <summary>What it takes, about: metadata can be larger than the data.</summary>
    public long Size { get; } = Data.Length + Metadata.Sum(pair => 2L * (pair.Key.Length + pair.Value.Length));

    /// <summary>Of an entry of a bulk.</summary>
    public string Id { get; init; } = string.Empty;

    /// <summary>As its publisher named it; empty: not at all.</summary>
    public string ContentType { get; init; } = string.Empty;

    /// <summary>Whoever brought it waits for what becomes of it; null: nobody does.</summary>
    public TaskCompletionSource<Delivery>? Delivery { get; init; }

    /// <summary>How often it was sent to a dead letter topic.</summary>
    public int Deaths { get; private init; }

    /// <summary>As it goes to a dead letter topic; null when it has been to so many that they must lead in a circle, in which it would go on for ever.</summary>
    public PubSubMessage? Dead(string topic) => Deaths < MaxDeaths ? this with { Topic = topic, Deaths = Deaths + 1, Delivery = null } : null;

    /// <summary>Never its data.</summary>
    public override string ToString() => Topic;
}

/// <summary>What became of a message at its subscriber.</summary>
internal enum Delivery
{
    /// <summary>Nobody was there any more: it counts as not delivered.</summary>
    Abandoned,

    /// <summary>The app has it, does not want it, or it went to the dead letter topic.</summary>
    Handled,

    /// <summary>It is to be brought again.</summary>
    Failed,
}
