using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Resources;

/// <summary>What one target of a Resiliency uses. Only apps have an effect here; <see cref="Group"/> is apps, actors or components.</summary>
internal sealed record ResiliencyTarget(string Group, string Name, string? Timeout, string? Retry, string? CircuitBreaker, int CacheSize, YamlMap Source)
{
    public const string Apps = "apps";

    private static readonly string[] _names = ["timeout", "retry", "circuitBreaker"];

    public Position PositionOf(string key) => Source.PositionOf(key);

    public static IReadOnlyList<ResiliencyTarget> ReadAll(YamlMap? targets, List<string> warnings)
    {
        if (targets is null)
        {
            return [];
        }

        targets.Only(Apps, "actors", "components");
        var all = new List<ResiliencyTarget>();
        foreach (var group in targets.Keys)
        {
            if (targets.Map(group) is not { } map)
            {
                continue;
            }

            if (group != Apps)
            {
                warnings.Add($"{map.Position}: 'spec.targets.{group}' has no effect in this sidecar.");
            }

            all.AddRange(map.Keys.SelectMany(name => map.Map(name) is { } target ? Read(group, name, target) : []));
        }

        return all;
    }

    private static IEnumerable<ResiliencyTarget> Read(string group, string name, YamlMap target)
    {
        if (group != "components")
        {
            yield return ReadOne(group, name, target.Only([.. _names, "circuitBreakerScope", "circuitBreakerCacheSize"]));
            yield break;
        }

        target.Only("inbound", "outbound");
        foreach (var direction in target.Keys)
        {
            if (target.Map(direction) is { } inner)
            {
                yield return ReadOne(group, $"{name}.{direction}", inner.Only(_names));
            }
        }
    }

    private static ResiliencyTarget ReadOne(string group, string name, YamlMap target)
    {
        // It divides actors; for an app Dapr has a breaker for each method, whatever this says.
        if (target.Text("circuitBreakerScope") is not (null or "" or "type" or "id" or "both"))
        {
            throw target.Wrong("circuitBreakerScope", "type, id or both");
        }

        var size = target.Number("circuitBreakerCacheSize", AppPolicies.DefaultCacheSize, least: 0);
        return new ResiliencyTarget(group, name, PolicyName(target, "timeout"), PolicyName(target, "retry"), PolicyName(target, "circuitBreaker"), size == 0 ? AppPolicies.DefaultCacheSize : size, target);
    }

    private static string? PolicyName(YamlMap target, string key) => target.Text(key) is { Length: > 0 } name ? name : null;
}
