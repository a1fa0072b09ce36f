using McpAspire.Sidecar.Resiliency;

namespace McpAspire.Sidecar.Tests.Resiliency;

public sealed class TripConditionTests
{
    private static readonly CircuitCounts _counts = new(Requests: 10, TotalSuccesses: 4, TotalFailures: 6, ConsecutiveSuccesses: 0, ConsecutiveFailures: 3);

    [Theory]
    [InlineData("consecutiveFailures > 5", false)]
    [InlineData("consecutiveFailures>=3", true)]
    [InlineData("totalFailures > 5 && requests >= 10", true)]
    [InlineData("totalFailures > 5 && requests > 10", false)]
    [InlineData("consecutiveFailures > 5 || totalFailures == 6", true)]
    [InlineData("!(consecutiveFailures != 3)", true)]
    [InlineData("double(totalFailures) / double(requests) > 0.5", true)]
    [InlineData("double(totalFailures) / double(requests) >= 0.7", false)]
    [InlineData("totalFailures * 100 / requests >= 60", true)]
    [InlineData("totalFailures / requests > 0", false)]
    [InlineData("requests >= 10.0", true)]
    [InlineData("2 + 3 * 2 == 8", true)]
    [InlineData("(2 + 3) * 2 == 10", true)]
    [InlineData("7 % 4 - 1 == 2", true)]
    [InlineData("-consecutiveFailures < 0", true)]
    [InlineData("int(2.9) == 2", true)]
    [InlineData("true", true)]
    public void Condition_IsEvaluatedAsCelDoes(string text, bool expected)
        => Assert.Equal(expected, TripCondition.Parse(text).IsMet(_counts));

    /// <summary>CEL: an error on one side does not matter where the other side decides.</summary>
    [Theory]
    [InlineData("totalFailures / consecutiveSuccesses > 1", false)]
    [InlineData("totalFailures / consecutiveSuccesses > 1 || consecutiveFailures == 3", true)]
    [InlineData("totalFailures % consecutiveSuccesses == 0 && consecutiveFailures == 3", false)]
    [InlineData("!(totalFailures / consecutiveSuccesses > 1)", false)]
    public void Division_ByZero_DoesNotTrip(string text, bool expected)
        => Assert.Equal(expected, TripCondition.Parse(text).IsMet(_counts));

    [Theory]
    [InlineData("consecutiveFailure > 5", "did you mean 'consecutiveFailures'?")]
    [InlineData("consecutiveFailures", "type int")]
    [InlineData("consecutiveFailures >", "ends too soon")]
    [InlineData("consecutiveFailures > 5)", "')' is not expected")]
    [InlineData("(consecutiveFailures > 5", "')' is missing")]
    [InlineData("totalFailures / 2.0 > 1.0", "convert with double()")]
    [InlineData("requests > 1 && 5", "does not go with bool and int")]
    [InlineData("requests in [1]", "is not expected")]
    [InlineData("'a' == 'a'", "is not expected")]
    [InlineData("5.5.5 > 1", "is no number")]
    [InlineData("requests = 1", "is not expected")]
    public void Condition_ThatIsNotUnderstood_IsRefusedByName(string text, string sentence)
        => Assert.Contains(sentence, Assert.Throws<FormatException>(() => TripCondition.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Condition_NestedWithoutEnd_IsRefused()
        => Assert.Throws<FormatException>(() => TripCondition.Parse(new string('(', 100_000)));
}
