using McpAspire.Sidecar.Api;

namespace McpAspire.Sidecar.State;

internal enum StateProblem
{
    /// <summary>The value is another one than the caller believes.</summary>
    ETagMismatch,

    /// <summary>The store cannot read the ETag.</summary>
    ETagInvalid,

    /// <summary>The store has no room for it.</summary>
    Full,

    /// <summary>An option that does not exist, a value that cannot be read, or a store that fails.</summary>
    Other,
}

/// <summary>What a state store refuses, in Dapr's words where Dapr refuses it too.</summary>
internal sealed class StateException(StateProblem problem, string message) : Exception(message)
{
    private const string MismatchText = "possible etag mismatch. error from state store";
    private const string MismatchPrefix = MismatchText + ": ";
    private const string InvalidPrefix = "invalid etag value. error from state store: ";

    public StateProblem Problem => problem;

    /// <summary>How the store itself wants it to be answered; null: it does not say.</summary>
    public ApiFailure? Own { get; init; }

    /// <summary>Over HTTP.</summary>
    public int Status => problem switch
    {
        StateProblem.ETagMismatch => StatusCodes.Status409Conflict,
        StateProblem.ETagInvalid => StatusCodes.Status400BadRequest,
        _ => Own?.Status ?? StatusCodes.Status500InternalServerError,
    };

    /// <summary>Of a store that does not say more.</summary>
    public static StateException Mismatch() => new(StateProblem.ETagMismatch, MismatchText);

    public static StateException Mismatch(string message) => new(StateProblem.ETagMismatch, MismatchPrefix + message);

    public static StateException Invalid(string message) => new(StateProblem.ETagInvalid, InvalidPrefix + message);

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
