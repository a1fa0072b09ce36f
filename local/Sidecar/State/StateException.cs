namespace McpAspire.Sidecar.State;

internal enum StateProblem
{
    /// <summary>The value is another one than the caller believes.</summary>
    ETagMismatch,

    /// <summary>The store has no room for it.</summary>
    Full,

    /// <summary>An option that does not exist, or a value that cannot be read.</summary>
    Other,
}

/// <summary>What a state store refuses, in Dapr's words where Dapr refuses it too.</summary>
internal sealed class StateException(StateProblem problem, string message) : Exception(message)
{
    private const string MismatchPrefix = "possible etag mismatch. error from state store: ";

    public StateProblem Problem => problem;

    public static StateException Mismatch(string message) => new(StateProblem.ETagMismatch, MismatchPrefix + message);

    /// <summary>One for several that were tried on their own.</summary>
    public static StateException Of(IReadOnlyList<StateException> failures)
    {
        var all = string.Join('\n', failures.Select(failure => failure.Message));
        return failures.All(failure => failure.Problem == StateProblem.ETagMismatch)
            ? Mismatch(all)
            : failures.FirstOrDefault(failure => failure.Problem == StateProblem.ETagMismatch)
              ?? new StateException(failures[0].Problem, all);
    }
}
