namespace McpAspire.Sidecar.Resiliency;

/// <summary>
/// A circuit breaker's <c>trip</c>: the part of CEL that is arithmetic, comparison and logic over the counts. Where
/// CEL ends in an error (a division by zero) the circuit stays closed, as in Dapr.
/// </summary>
internal sealed class TripCondition
{
    public static readonly TripCondition Default = new("consecutiveFailures > 5", static counts => counts.ConsecutiveFailures > 5);

    private readonly string _text;
    private readonly Func<CircuitCounts, bool?> _evaluate;

    public TripCondition(string text, Func<CircuitCounts, bool?> evaluate)
    {
        _text = text;
        _evaluate = evaluate;
    }

    /// <summary>Throws <see cref="FormatException"/> with what is wrong and what is allowed.</summary>
    public static TripCondition Parse(string text) => new(text, new TripParser(text).Parse());

    public bool IsMet(CircuitCounts counts) => _evaluate(counts) == true;

    public override string ToString() => _text;
}
