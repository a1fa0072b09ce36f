using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Resources;

/// <summary>A <c>kind: Resiliency</c> document: named policies, and the targets that use them.</summary>
internal sealed record ResiliencyResource(
    string Name,
    string Namespace,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<Named<TimeSpan>> Timeouts,
    IReadOnlyList<Named<RetryPolicy>> Retries,
    IReadOnlyList<Named<CircuitBreakerPolicy>> CircuitBreakers,
    IReadOnlyList<ResiliencyTarget> Targets,
    IReadOnlyList<string> Warnings,
    Position Position)
{
    public static ResiliencyResource Read(YamlMap document)
    {
        document.Only("apiVersion", "kind", "metadata", "scopes", "spec");
        var spec = document.Map("spec")?.Only("policies", "targets")
            ?? throw new ResourceException(document.Position, "'spec' is missing.");
        var policies = spec.Map("policies")?.Only("timeouts", "retries", "circuitBreakers");
        var warnings = new List<string>();
        return new ResiliencyResource(
            ResourceMetadata.NameOf(document),
            document.Map("metadata")?.Text("namespace") ?? string.Empty,
            document.Texts("scopes"),
            Each(policies?.Map("timeouts"), GoDuration.Required),
            Each(policies?.Map("retries"), (map, name) => ResiliencyPolicies.ReadRetry(map, name, warnings)),
            Each(policies?.Map("circuitBreakers"), (map, name) => ResiliencyPolicies.ReadCircuitBreaker(Inner(map, name))),
            ResiliencyTarget.ReadAll(spec.Map("targets"), warnings),
            warnings,
            document.Position);
    }

    public ResiliencyName Source => new(Name, Namespace);

    public bool IsInScopeOf(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);

    public static YamlMap Inner(YamlMap map, string name)
        => map.Map(name) ?? throw new ResourceException(map.PositionOf(name), $"'{name}' is empty.");

    private static IReadOnlyList<Named<T>> Each<T>(YamlMap? map, Func<YamlMap, string, T> read)
        => map is null ? [] : [.. map.Keys.Select(name => new Named<T>(name, read(map, name), map.PositionOf(name)))];
}

/// <summary>Something with a name, and where it is written.</summary>
internal sealed record Named<T>(string Name, T Value, Position Position);
