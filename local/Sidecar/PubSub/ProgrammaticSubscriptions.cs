using System.Text.Json;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.PubSub;

/// <summary>What an app answers to <c>GET /dapr/subscribe</c>, or to ListTopicSubscriptions.</summary>
internal sealed partial class ProgrammaticSubscriptions(AppCall app, IAppCallbacks? callbacks, SidecarOptions options, ILogger<ProgrammaticSubscriptions> logger) : IAppSubscriptions
{
    private const int MaxSubscriptions = 1000;

    /// <summary>Null when the app did not answer: it can be asked again.</summary>
    public async Task<IReadOnlyList<TopicSubscription>?> AskAsync(RuntimeSnapshot runtime, CancellationToken cancellationToken)
    {
        var answer = await app.SendAsync(
            runtime,
            new AppRequest(HttpMethods.Get, "dapr/subscribe", ContentTypes.Json, []) { Headers = [KeyValuePair.Create("Dapr-App-Id", options.AppId)], Client = callbacks?.Subscriptions() },
            cancellationToken);
        switch (answer.Status)
        {
            case StatusCodes.Status200OK:
                break;
            case StatusCodes.Status404NotFound:
                Log.None(logger);
                return [];
            default:
                Log.Refused(logger, answer.Status);
                return [];
        }

        try
        {
            return answer.Body.IsEmpty ? [] : Read(answer.Body);
        }
        catch (Exception problem) when (problem is JsonException or FormatException or InvalidOperationException)
        {
            Log.Wrong(logger, problem.Message);
            return [];
        }
    }

    private List<TopicSubscription> Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var subscriptions = new List<TopicSubscription>();
        if (document.RootElement.ValueKind == JsonValueKind.Null)
        {
            return subscriptions;
        }

        foreach (var item in document.RootElement.EnumerateArray().Take(MaxSubscriptions))
        {
            var subscription = Read(item);
            if (subscription.Rules.Count == 0)
            {
                Log.NoRoutes(logger, subscription.Topic);
                continue;
            }

            subscriptions.Add(subscription);
        }

        return subscriptions;
    }

    private static TopicSubscription Read(JsonElement item)
    {
        var routes = Field(item, "routes");
        var rules = new List<RoutingRule>();
        if (routes is { ValueKind: JsonValueKind.Object } several)
        {
            if (Field(several, "rules") is { ValueKind: JsonValueKind.Array } list)
            {
                rules.AddRange(list.EnumerateArray().Select(rule => new RoutingRule(EventMatch.Parse(Text(rule, "match")), Text(rule, "path"))));
            }

            if (Text(several, "default") is { Length: > 0 } path)
            {
                rules.Add(new RoutingRule(null, path));
            }
        }

        if (Text(item, "route") is { Length: > 0 } route && !(routes is { ValueKind: JsonValueKind.Object } && Text(routes.Value, "default").Length > 0))
        {
            rules.Add(new RoutingRule(null, route));
        }

        return new TopicSubscription(Text(item, "pubsubname"), Text(item, "topic"), SubscriptionType.Programmatic)
        {
            Rules = rules,
            DeadLetterTopic = Text(item, "deadLetterTopic"),
            Metadata = Field(item, "metadata") is { ValueKind: JsonValueKind.Object } metadata
                ? metadata.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? string.Empty, StringComparer.Ordinal)
                : MessageMetadata.None,
            Bulk = Field(item, "bulkSubscribe") is { ValueKind: JsonValueKind.Object } bulk && Field(bulk, "enabled") is { ValueKind: JsonValueKind.True }
                ? BulkSettings.Of(Number(bulk, "maxMessagesCount"), Number(bulk, "maxAwaitDurationMs"))
                : null,
        };
    }

    private static string Text(JsonElement item, string name) => Field(item, name) is { ValueKind: not JsonValueKind.Null } value ? value.GetString() ?? string.Empty : string.Empty;

    private static int Number(JsonElement item, string name) => Field(item, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : 0;

    /// <summary>In any case, as Go reads JSON.</summary>
    private static JsonElement? Field(JsonElement item, string name)
    {
        foreach (var field in item.EnumerateObject())
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "user app did not subscribe to any topic")]
        public static partial void None(ILogger logger);

        [LoggerMessage(2, LogLevel.Error, "app returned http status code {Status} from subscription endpoint")]
        public static partial void Refused(ILogger logger, int status);

        [LoggerMessage(3, LogLevel.Error, "error getting topics from app: {Problem}")]
        public static partial void Wrong(ILogger logger, string problem);

        [LoggerMessage(4, LogLevel.Warning, "topic {Topic} has an empty routes. removing from subscriptions list")]
        public static partial void NoRoutes(ILogger logger, string topic);
    }
}
