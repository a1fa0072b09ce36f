using McpAspire.Sidecar.Resiliency;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.Sidecar.Tests.Resiliency;

public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Circuit_OpensWhenItsConditionHolds_AndLetsOneCallThroughAfterItsTimeout()
    {
        var circuit = Make("consecutiveFailures >= 2");
        Call(circuit, CallOutcome.Failed);
        Call(circuit, CallOutcome.Succeeded);
        Call(circuit, CallOutcome.Failed);
        Call(circuit, CallOutcome.Failed);

        Assert.Equal("circuit breaker is open", Assert.Throws<CircuitOpenException>(() => circuit.Enter()).Message);
        _time.Advance(TimeSpan.FromSeconds(11));
        var probe = circuit.Enter();
        Assert.Equal("too many requests", Assert.Throws<CircuitOpenException>(() => circuit.Enter()).Message);
        circuit.Complete(probe, CallOutcome.Succeeded);
        Call(circuit, CallOutcome.Succeeded);
        Call(circuit, CallOutcome.Failed);
        Call(circuit, CallOutcome.Succeeded);
    }

    [Fact]
    public void Circuit_HalfOpen_OpensAgainAtTheFirstFailure()
    {
        var circuit = Make("consecutiveFailures >= 2", maxRequests: 3);
        Call(circuit, CallOutcome.Failed);
        Call(circuit, CallOutcome.Failed);
        _time.Advance(TimeSpan.FromSeconds(11));

        Call(circuit, CallOutcome.Succeeded);
        Call(circuit, CallOutcome.Failed);

        Assert.Throws<CircuitOpenException>(circuit.ThrowIfOpen);
    }

    [Fact]
    public void Circuit_HalfOpen_ClosesAfterAsManySuccessesAsItLetsThrough()
    {
        var circuit = Make("consecutiveFailures >= 2", maxRequests: 2);
        Call(circuit, CallOutcome.Failed);
        Call(circuit, CallOutcome.Failed);
        _time.Advance(TimeSpan.FromSeconds(11));

        Call(circuit, CallOutcome.Succeeded);
        Call(circuit, CallOutcome.Succeeded);
        Call(circuit, CallOutcome.Failed); // closed: one failure does not open it

        circuit.ThrowIfOpen();
    }

    [Fact]
    public void Call_ThatItsCallerLeft_CountsNeitherWayAndGivesItsPlaceBack()
    {
        var circuit = Make("consecutiveFailures >= 2");
        Call(circuit, CallOutcome.Failed);
        Call(circuit, CallOutcome.Abandoned);
        Call(circuit, CallOutcome.Failed);
        _time.Advance(TimeSpan.FromSeconds(11));

        Call(circuit, CallOutcome.Abandoned);
        Call(circuit, CallOutcome.Succeeded);

        circuit.ThrowIfOpen();
    }

    [Fact]
    public void Counts_BeginAnewAfterTheInterval()
    {
        var circuit = Make("totalFailures >= 2", interval: TimeSpan.FromSeconds(5));
        Call(circuit, CallOutcome.Failed);
        _time.Advance(TimeSpan.FromSeconds(6));
        Call(circuit, CallOutcome.Failed);

        circuit.ThrowIfOpen();
    }

    [Fact]
    public void Result_OfACallThatBeganBeforeTheCircuitOpened_IsNotCounted()
    {
        var circuit = Make("consecutiveFailures >= 1");
        var slow = circuit.Enter();
        Call(circuit, CallOutcome.Failed);
        _time.Advance(TimeSpan.FromSeconds(11));
        var probe = circuit.Enter();

        circuit.Complete(slow, CallOutcome.Failed);
        circuit.Complete(probe, CallOutcome.Succeeded);

        circuit.ThrowIfOpen();
    }

    [Fact]
    public void Circuits_OfMethods_AreKeptUpToTheirNumber_TheLatestUsed()
    {
        var circuits = new CircuitBreakers(2, _ => Make("consecutiveFailures >= 1"));
        var first = circuits.Of("a");
        circuits.Of("b");
        Assert.Same(first, circuits.Of("a"));

        circuits.Of("c");

        Assert.Same(first, circuits.Of("a"));
        Assert.Equal(2, new[] { circuits.Of("a"), circuits.Of("c") }.Distinct().Count());
    }

    private CircuitBreaker Make(string trip, int maxRequests = 1, TimeSpan interval = default)
        => new(new CircuitBreakerPolicy { MaxRequests = maxRequests, Interval = interval, Timeout = TimeSpan.FromSeconds(10), Trip = TripCondition.Parse(trip) }, _time);

    private static void Call(CircuitBreaker circuit, CallOutcome outcome) => circuit.Complete(circuit.Enter(), outcome);
}
