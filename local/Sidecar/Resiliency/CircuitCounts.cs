namespace McpAspire.Sidecar.Resiliency;

/// <summary>What a circuit breaker has seen in its current state: the variables of its trip condition.</summary>
internal readonly record struct CircuitCounts(long Requests, long TotalSuccesses, long TotalFailures, long ConsecutiveSuccesses, long ConsecutiveFailures)
{
    public CircuitCounts WithRequest() => this with { Requests = Requests + 1 };

    public CircuitCounts WithoutRequest() => this with { Requests = Requests - 1 };

    public CircuitCounts WithSuccess()
        => this with { TotalSuccesses = TotalSuccesses + 1, ConsecutiveSuccesses = ConsecutiveSuccesses + 1, ConsecutiveFailures = 0 };

    public CircuitCounts WithFailure()
        => this with { TotalFailures = TotalFailures + 1, ConsecutiveFailures = ConsecutiveFailures + 1, ConsecutiveSuccesses = 0 };
}
