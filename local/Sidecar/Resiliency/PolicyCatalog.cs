using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Resiliency;

/// <summary>All policies and targets of a run's Resiliency documents; a target may name a policy of another document.</summary>
internal sealed class PolicyCatalog
{
    private readonly Dictionary<string, Named<TimeSpan>> _timeouts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Named<RetryPolicy>> _retries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Named<CircuitBreakerPolicy>> _circuitBreakers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResiliencyTarget> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, PolicyFlow Flow), ResiliencyTarget> _components = [];
    private IReadOnlyList<ResiliencyResource> _documents = [];

    /// <summary>Of all documents.</summary>
    public IEnumerable<ResiliencyName> Sources => _documents.Select(document => document.Source);

    /// <summary>App ids that a target names, with their places.</summary>
    public IEnumerable<(string Id, Position Position)> Apps => _apps.Values.Select(target => (target.Name, target.Source.Position));

    /// <summary>Components that a target names, with their places.</summary>
    public IEnumerable<(string Name, Position Position)> Components => _components.Values.Where(target => target.Flow == PolicyFlow.Outbound).Select(target => (target.Name, target.Source.Position));

    public static PolicyCatalog Of(IReadOnlyList<ResiliencyResource> documents, Action<ResourceException> onProblem)
    {
        var catalog = new PolicyCatalog { _documents = documents };
        foreach (var document in documents)
        {
            Add(catalog._timeouts, document.Timeouts, "timeout", onProblem);
            Add(catalog._retries, document.Retries, "retry", onProblem);
            Add(catalog._circuitBreakers, document.CircuitBreakers, "circuit breaker", onProblem);
        }

        foreach (var target in documents.SelectMany(document => document.Targets))
        {
            catalog.Add(target, onProblem);
        }

        return catalog;
    }

    /// <summary>The policies of one app id: its target's, or else the defaults; null when there are none.</summary>
    public TargetPolicies? For(string id) => _apps.TryGetValue(id, out var target) ? Of(target) : Defaults("App", string.Empty);

    /// <summary>The same of one component and direction.</summary>
    public TargetPolicies? For(string component, ComponentKind kind, PolicyFlow flow)
        => _components.TryGetValue((component, flow), out var target) ? Of(target) : Defaults($"{kind}Component{flow}", $"Component{flow}", "Component", string.Empty);

    private TargetPolicies? Of(ResiliencyTarget target)
        => Some(new TargetPolicies(Timeout(target.Timeout), Retry(target.Retry), CircuitBreaker(target.CircuitBreaker), target.CacheSize, SourceOf(target)));

    /// <summary>Those of the first level that has one: <c>Default{level}RetryPolicy</c>.</summary>
    private TargetPolicies? Defaults(params ReadOnlySpan<string> levels)
    {
        TimeSpan? timeout = null;
        RetryPolicy? retry = null;
        CircuitBreakerPolicy? breaker = null;
        foreach (var level in levels)
        {
            timeout ??= Timeout($"Default{level}TimeoutPolicy");
            retry ??= Retry($"Default{level}RetryPolicy");
            breaker ??= CircuitBreaker($"Default{level}CircuitBreakerPolicy");
        }

        return Some(new TargetPolicies(timeout, retry, breaker, TargetPolicies.DefaultCacheSize, SourceOfDefaults()));
    }

    private static TargetPolicies? Some(TargetPolicies policies) => policies is { Timeout: null, Retry: null, CircuitBreaker: null } ? null : policies;

    private ResiliencyName SourceOf(ResiliencyTarget target) => _documents.First(document => document.Targets.Contains(target)).Source;

    /// <summary>Defaults of several documents: the last one, as in Dapr.</summary>
    private ResiliencyName SourceOfDefaults() => _documents.LastOrDefault()?.Source ?? new ResiliencyName(string.Empty, string.Empty);

    private TimeSpan? Timeout(string? name)
        => name is not null && _timeouts.TryGetValue(name, out var found) && found.Value > TimeSpan.Zero ? found.Value : null;

    private RetryPolicy? Retry(string? name)
        => name is null ? null : _retries.TryGetValue(name, out var found) ? found.Value : RetryPolicy.BuiltIn.GetValueOrDefault(name);

    private CircuitBreakerPolicy? CircuitBreaker(string? name)
        => name is not null && _circuitBreakers.TryGetValue(name, out var found) ? found.Value : null;

    private void Add(ResiliencyTarget target, Action<ResourceException> onProblem)
    {
        var other = target switch
        {
            { Group: ResiliencyTarget.Apps } when !_apps.TryAdd(target.Name, target) => _apps[target.Name],
            { Group: ResiliencyTarget.Components, Flow: { } flow } when !_components.TryAdd((target.Name, flow), target) && flow == PolicyFlow.Outbound => _components[(target.Name, flow)],
            _ => null,
        };
        if (other is not null)
        {
            onProblem(new ResourceException(target.Source.Position, $"The target '{target.Name}' is defined twice; the other one is at {other.Source.Position}."));
        }

        Check(target, "timeout", target.Timeout, _timeouts.Keys, onProblem);
        Check(target, "retry", target.Retry, _retries.Keys.Concat(RetryPolicy.BuiltIn.Keys), onProblem);
        Check(target, "circuitBreaker", target.CircuitBreaker, _circuitBreakers.Keys, onProblem);
    }

    private static void Check(ResiliencyTarget target, string key, string? name, IEnumerable<string> known, Action<ResourceException> onProblem)
    {
        var names = known.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (name is not null && !names.Contains(name))
        {
            onProblem(new ResourceException(
                target.PositionOf(key),
                $"'{key}' of the target '{target.Label}' is '{name}', which no policy is called{NearestName.Hint(name, names)}; {(names.Length > 0 ? $"allowed are {string.Join(", ", names)}" : "none is defined")}."));
        }
    }

    private static void Add<T>(Dictionary<string, Named<T>> all, IReadOnlyList<Named<T>> policies, string what, Action<ResourceException> onProblem)
    {
        foreach (var policy in policies)
        {
            if (!all.TryAdd(policy.Name, policy))
            {
                onProblem(new ResourceException(policy.Position, $"The {what} policy '{policy.Name}' is defined twice; the other one is at {all[policy.Name].Position}."));
            }
        }
    }
}
