using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.PubSub;

namespace McpAspire.Sidecar.Resources;

/// <summary>A <c>kind: Subscription</c> document: v1alpha1 with one <c>route</c>, v2alpha1 with <c>routes</c>.</summary>
internal sealed record SubscriptionResource(string Name, TopicSubscription Subscription, IReadOnlyList<string> Scopes, Position Position)
{
    private static readonly string[] _fields = ["bulkSubscribe", "deadLetterTopic", "metadata", "pubsubname", "topic"];

    public static SubscriptionResource Read(YamlMap document, ICollection<string> warnings)
    {
        document.Only("apiVersion", "kind", "metadata", "scopes", "spec");
        var spec = document.Map("spec") ?? throw new ResourceException(document.Position, "'spec' is missing.");
        var routeField = document.Required("apiVersion") switch
        {
            "dapr.io/v1alpha1" => "route",
            "dapr.io/v2alpha1" => "routes",
            var version => throw new ResourceException(document.PositionOf("apiVersion"), $"'apiVersion' of a Subscription is '{version}'; allowed are dapr.io/v1alpha1 and dapr.io/v2alpha1."),
        };
        string[] known = [.. _fields, routeField];
        foreach (var unknown in spec.Keys.Where(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)))
        {
            warnings.Add($"{spec.PositionOf(unknown)}: 'spec' of a Subscription has no field '{unknown}'{NearestName.Hint(unknown, known)}; it has no effect.");
        }

        var subscription = new TopicSubscription(spec.Required("pubsubname"), spec.Required("topic"), SubscriptionType.Declarative)
        {
            DeadLetterTopic = spec.Text("deadLetterTopic") ?? string.Empty,
            Metadata = Metadata(spec),
            Bulk = Bulk(spec),
            Rules = routeField == "route" ? [new RoutingRule(null, spec.Text("route") ?? string.Empty)] : Rules(spec),
        };
        return new SubscriptionResource(ResourceMetadata.NameOf(document), subscription, document.Texts("scopes"), document.Position);
    }

    public bool IsInScopeOf(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);

    private static List<RoutingRule> Rules(YamlMap spec)
    {
        var rules = new List<RoutingRule>();
        if (spec.Map("routes")?.Only("default", "rules") is not { } routes)
        {
            return rules;
        }

        foreach (var rule in routes.Maps("rules"))
        {
            rule.Only("match", "path");
            try
            {
                rules.Add(new RoutingRule(EventMatch.Parse(rule.Text("match")), rule.Text("path") ?? string.Empty));
            }
            catch (FormatException problem)
            {
                throw new ResourceException(rule.PositionOf("match"), $"'spec.routes.rules[].match' is '{rule.Text("match")}': {problem.Message}.", problem);
            }
        }

        if (routes.Text("default") is { Length: > 0 } path)
        {
            rules.Add(new RoutingRule(null, path));
        }

        return rules;
    }

    private static BulkSettings? Bulk(YamlMap spec)
        => spec.Map("bulkSubscribe")?.Only("enabled", "maxMessagesCount", "maxAwaitDurationMs") is { } bulk && bulk.Switch("enabled", otherwise: false)
            ? BulkSettings.Of(bulk.Number("maxMessagesCount", 0, 0), bulk.Number("maxAwaitDurationMs", 0, 0))
            : null;

    private static IReadOnlyDictionary<string, string> Metadata(YamlMap spec)
        => spec.Map("metadata") is { } metadata
            ? metadata.Keys.ToDictionary(key => key, key => metadata.Text(key) ?? string.Empty, StringComparer.Ordinal)
            : MessageMetadata.None;
}
