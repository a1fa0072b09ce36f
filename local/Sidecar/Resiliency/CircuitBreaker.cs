namespace McpAspire.Sidecar.Resiliency;

internal enum CircuitState
{
    Closed,
    HalfOpen,
    Open,
}

internal static class CircuitStates
{
    /// <summary>As Dapr writes them, by their number; a state that it does not know is a label all the same.</summary>
    public static IReadOnlyList<string> All { get; } = ["closed", "half-open", "open", "unknown"];
}

internal enum CallOutcome
{
    Succeeded,
    Failed,

    /// <summary>The caller went away: this says nothing about the target.</summary>
    Abandoned,
}

/// <summary>
/// Dapr's circuit breaker: it counts in its closed state, opens when its condition holds, and after a while lets a few
/// calls through to see. Results of calls that began in an earlier state are not counted.
/// </summary>
internal sealed class CircuitBreaker(CircuitBreakerPolicy policy, TimeProvider time, Action<CircuitState, CircuitState>? changed = null)
{
    private readonly Lock _lock = new();
    private CircuitState _state;
    private CircuitCounts _counts;
    private int _generation;
    private long _since = time.GetTimestamp();

    public CircuitState State
    {
        get
        {
            lock (_lock)
            {
                Advance();
                return _state;
            }
        }
    }

    /// <summary>Without counting a call: for work that is in vain while the circuit is open.</summary>
    public void ThrowIfOpen()
    {
        lock (_lock)
        {
            Advance();
            if (_state == CircuitState.Open)
            {
                throw new CircuitOpenException("circuit breaker is open");
            }
        }
    }

    /// <summary>Begins a call; its result is to be told to <see cref="Complete"/> with the number that this returns.</summary>
    public int Enter()
    {
        lock (_lock)
        {
            Advance();
            if (_state == CircuitState.Open)
            {
                throw new CircuitOpenException("circuit breaker is open");
            }

            if (_state == CircuitState.HalfOpen && _counts.Requests >= policy.MaxRequests)
            {
                throw new CircuitOpenException("too many requests");
            }

            _counts = _counts.WithRequest();
            return _generation;
        }
    }

    public void Complete(int generation, CallOutcome outcome)
    {
        lock (_lock)
        {
            Advance();
            if (generation != _generation)
            {
                return;
            }

            switch (outcome)
            {
                case CallOutcome.Abandoned:
                    _counts = _counts.WithoutRequest();
                    break;
                case CallOutcome.Succeeded:
                    _counts = _counts.WithSuccess();
                    if (_state == CircuitState.HalfOpen && _counts.ConsecutiveSuccesses >= policy.MaxRequests)
                    {
                        Change(CircuitState.Closed);
                    }

                    break;
                default:
                    _counts = _counts.WithFailure();
                    if (_state == CircuitState.HalfOpen || policy.Trip.IsMet(_counts))
                    {
                        Change(CircuitState.Open);
                    }

                    break;
            }
        }
    }

    private void Advance()
    {
        if (_state == CircuitState.Open && time.GetElapsedTime(_since) > policy.Timeout)
        {
            Change(CircuitState.HalfOpen);
        }
        else if (_state == CircuitState.Closed && policy.Interval > TimeSpan.Zero && time.GetElapsedTime(_since) > policy.Interval)
        {
            Begin();
        }
    }

    private void Change(CircuitState state)
    {
        var before = _state;
        _state = state;
        Begin();
        changed?.Invoke(before, state);
    }

    private void Begin()
    {
        _generation++;
        _counts = default;
        _since = time.GetTimestamp();
    }
}
