using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Metrics;

/// <summary>The <c>dapr_resiliency_*</c> series of one target; each is there once it has counted something.</summary>
internal sealed class PolicyMetrics(Func<string, string, Counter> count, Func<string, string, Counter> activations, Func<string, Gauge> circuits)
{
    public const string CircuitBreaker = "circuitbreaker";

    private const string Retry = "retry";
    private const string Timeout = "timeout";

    private readonly Lazy<Counter> _retry = new(() => count(Retry, string.Empty));
    private readonly Lazy<Counter> _retried = new(() => activations(Retry, string.Empty));
    private readonly Lazy<Counter> _timeout = new(() => count(Timeout, string.Empty));
    private readonly Lazy<Counter> _timedOut = new(() => activations(Timeout, string.Empty));

    // By state.
    private readonly Lazy<Counter>[] _circuit = [.. CircuitStates.All.Select(state => new Lazy<Counter>(() => count(CircuitBreaker, state)))];
    private readonly Lazy<Counter>[] _changed = [.. CircuitStates.All.Select(state => new Lazy<Counter>(() => activations(CircuitBreaker, state)))];
    private readonly Lazy<Gauge[]> _states = new(() => [.. CircuitStates.All.Select(circuits)]);

    /// <summary>A call under these policies begins.</summary>
    public void Called(TargetPolicies policies, CircuitState? circuit)
    {
        if (policies.Timeout is not null)
        {
            _timeout.Value.Add();
        }

        if (policies.Retry is not null)
        {
            _retry.Value.Add();
        }

        if (circuit is { } state)
        {
            _circuit[(int)state].Value.Add();
            Show(state);
        }
    }

    public void Retried() => _retried.Value.Add();

    public void TimedOut() => _timedOut.Value.Add();

    /// <summary>As in Dapr a circuit that is half-open because of the time has not been activated; a call has to close or open it.</summary>
    public void Changed(CircuitState state)
    {
        if (state != CircuitState.HalfOpen)
        {
            _changed[(int)state].Value.Add();
        }

        Show(state);
    }

    /// <summary>One series a state: 1 for the one it is in.</summary>
    private void Show(CircuitState current)
    {
        for (var state = 0; state < CircuitStates.All.Count; state++)
        {
            _states.Value[state].Value = state == (int)current ? 1 : 0;
        }
    }
}
