using McpAspire.Sidecar.Metrics;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Resiliency;

/// <summary>The policies of one app id at work: what each call to it goes through, and the state of its circuits.</summary>
internal sealed partial class ResilientTarget
{
    private readonly ILogger _logger;
    private readonly CircuitBreakers? _breakers;
    private readonly bool _perMethod;
    private readonly PolicyMetrics? _metrics;

    /// <param name="id">The app id.</param>
    /// <param name="policies">What a Resiliency says about it.</param>
    /// <param name="perMethod">As in Dapr: an app has a circuit for each method, an HTTPEndpoint one for all.</param>
    /// <param name="time">For waits and limits.</param>
    /// <param name="logger">For retries and changes of a circuit.</param>
    /// <param name="metrics">For the same, and timeouts.</param>
    public ResilientTarget(string id, TargetPolicies policies, bool perMethod, TimeProvider time, ILogger logger, PolicyMetrics? metrics = null)
    {
        Id = id;
        Policies = policies;
        Time = time;
        _logger = logger;
        _perMethod = perMethod;
        _metrics = metrics;
        _breakers = policies.CircuitBreaker is { } breaker
            ? new CircuitBreakers(policies.CacheSize, key => new CircuitBreaker(breaker, time, (before, after) => Changed(key, before, after)))
            : null;
    }

    public string Id { get; }

    public TargetPolicies Policies { get; }

    public TimeProvider Time { get; }

    public CircuitBreaker? BreakerOf(string method) => _breakers?.Of(_perMethod ? $"{Id}:{method}" : Id);

    public void Called(CircuitBreaker? breaker) => _metrics?.Called(Policies, breaker?.State);

    public void Retrying(int retry, TimeSpan wait, string reason)
    {
        _metrics?.Retried();
        Log.Retrying(_logger, Id, retry, wait.TotalMilliseconds, reason);
    }

    public void TimedOut() => _metrics?.TimedOut();

    private void Changed(string circuit, CircuitState before, CircuitState after)
    {
        _metrics?.Changed(after);
        Log.Changed(_logger, circuit, before, after);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Circuit breaker \"{Name}\" changed state from {Before} to {After}")]
        public static partial void Changed(ILogger logger, string name, CircuitState before, CircuitState after);

        [LoggerMessage(2, LogLevel.Warning, "A call to {Id} failed ({Reason}). Retry {Retry} in {Milliseconds:0} ms")]
        public static partial void Retrying(ILogger logger, string id, int retry, double milliseconds, string reason);
    }
}
