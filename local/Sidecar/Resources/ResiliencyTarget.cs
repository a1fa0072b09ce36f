using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Resources;

/// <summary>What one target of a Resiliency uses; <see cref="Group"/> is apps, actors (which have no effect here) or components.</summary>
internal sealed record ResiliencyTarget(string Group, string Name, string? Timeout, string? Retry, string? CircuitBreaker, int CacheSize, YamlMap Source)
{
    public const string Apps = "apps";
    public const string Components = "components";
    private const string Actors = "actors";
    private const string Inbound = "inbound";
    private const string Outbound = "outbound";

    private static readonly string[] _names = ["timeout", "retry", "circuitBreaker"];

    /// <summary>Only of a component.</summary>
    public PolicyFlow? Flow { get; init; }

    /// <summary>For messages.</summary>
    public string Label => Flow is null ? Name : $"{Name}.{(Flow == PolicyFlow.Inbound ? Inbound : Outbound)}";

    public Position PositionOf(string key) => Source.PositionOf(key);

    public static IReadOnlyList<ResiliencyTarget> ReadAll(YamlMap? targets, List<string> warnings)
    {
        if (targets is null)
        {
            return [];
        }

        targets.Only(Apps, Actors, Components);
        var all = new List<ResiliencyTarget>();
        foreach (var group in targets.Keys)
        {
            if (targets.Map(group) is not { } map)
            {
                continue;
            }

            if (group == Actors)
            {
                warnings.Add($"{map.Position}: 'spec.targets.{group}' has no effect in this sidecar.");
            }

            all.AddRange(map.Keys.SelectMany(name => map.Map(name) is { } target ? Read(group, name, target) : []));
        }

        return all;
    }

    private static IEnumerable<ResiliencyTarget> Read(string group, string name, YamlMap target)
    {
        if (group != Components)
        {
            yield return ReadOne(group, name, target.Only([.. _names, "circuitBreakerScope", "circuitBreakerCacheSize"]));
            yield break;
        }

        target.Only(Inbound, Outbound);
        foreach (var flow in (PolicyFlow[])[PolicyFlow.Outbound, PolicyFlow.Inbound])
        {
            // One that is not there has no policies either: the defaults are for components that no target names.
            yield return target.Map(flow == PolicyFlow.Inbound ? Inbound : Outbound) is { } inner
                ? ReadOne(group, name, inner.Only(_names)) with { Flow = flow }
                : new ResiliencyTarget(group, name, null, null, null, TargetPolicies.DefaultCacheSize, target) { Flow = flow };
        }
    }

    private static ResiliencyTarget ReadOne(string group, string name, YamlMap target)
    {
        // It divides actors; for an app Dapr has a breaker for each method, whatever this says.
        if (target.Text("circuitBreakerScope") is not (null or "" or "type" or "id" or "both"))
        {
            throw target.Wrong("circuitBreakerScope", "type, id or both");
        }

        var size = target.Number("circuitBreakerCacheSize", TargetPolicies.DefaultCacheSize, least: 0);
        return new ResiliencyTarget(group, name, PolicyName(target, "timeout"), PolicyName(target, "retry"), PolicyName(target, "circuitBreaker"), size == 0 ? TargetPolicies.DefaultCacheSize : size, target);
    }

    private static string? PolicyName(YamlMap target, string key) => target.Text(key) is { Length: > 0 } name ? name : null;
}
