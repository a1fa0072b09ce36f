using System.Text;

namespace McpAspire.Sidecar.PubSub;

internal enum SubscriptionType
{
    /// <summary>A <c>kind: Subscription</c>.</summary>
    Declarative,

    /// <summary>The app's own answer to <c>/dapr/subscribe</c>.</summary>
    Programmatic,

    /// <summary>A gRPC stream that the app holds open.</summary>
    Streaming,
}

/// <summary>Where the events of one topic go.</summary>
internal sealed record TopicSubscription(string PubSub, string Topic, SubscriptionType Type)
{
    /// <summary>The first one that matches counts; one without an expression always does.</summary>
    public IReadOnlyList<RoutingRule> Rules { get; init; } = [];

    /// <summary>Empty: what is not handled is gone.</summary>
    public string DeadLetterTopic { get; init; } = string.Empty;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = MessageMetadata.None;

    /// <summary>Null: each event by itself.</summary>
    public BulkSettings? Bulk { get; init; }

    /// <summary>Equal for two that do the same.</summary>
    public string Key()
    {
        var text = new StringBuilder().Append(PubSub).Append('\n').Append(Topic).Append('\n').Append(Type).Append('\n').Append(DeadLetterTopic).Append('\n').Append(Bulk);
        foreach (var rule in Rules)
        {
            text.Append('\n').Append(rule.Match?.ToString()).Append('\t').Append(rule.Path);
        }

        foreach (var (name, value) in Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append('\n').Append(name).Append('=').Append(value);
        }

        return text.ToString();
    }
}

/// <summary>Events that the expression holds for go to the path; null: all.</summary>
internal sealed record RoutingRule(EventMatch? Match, string Path);

/// <summary>Of <c>bulkSubscribe</c>.</summary>
internal sealed record BulkSettings(int MaxMessages, int MaxAwaitMilliseconds)
{
    public const int DefaultMaxMessages = 100;
    public const int DefaultMaxAwaitMilliseconds = 1000;

    /// <summary>0 or less: the default, as in Dapr.</summary>
    public static BulkSettings Of(int maxMessages, int maxAwaitMilliseconds)
        => new(maxMessages > 0 ? maxMessages : DefaultMaxMessages, maxAwaitMilliseconds > 0 ? maxAwaitMilliseconds : DefaultMaxAwaitMilliseconds);
}
