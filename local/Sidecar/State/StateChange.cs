namespace McpAspire.Sidecar.State;

/// <summary>One value to be written or deleted.</summary>
/// <param name="Key">With its prefix.</param>
/// <param name="Value">Null: it is deleted.</param>
internal sealed record StateChange(string Key, byte[]? Value)
{
    /// <summary>Null or empty: any version of the value, or none.</summary>
    public string? ETag { get; init; }

    /// <summary>Empty, <c>first-write</c> or <c>last-write</c>.</summary>
    public string Concurrency { get; init; } = string.Empty;

    /// <summary>Empty, <c>strong</c> or <c>eventual</c>.</summary>
    public string Consistency { get; init; } = string.Empty;

    /// <summary>As written by the caller.</summary>
    public string? TimeToLive { get; init; }

    /// <summary>Of the request, for stores that look at more than that.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = StateItem.NoMetadata;

    /// <summary>Throws a <see cref="StateException"/> for what is no option.</summary>
    public void CheckOptions()
    {
        if (Consistency is not ("" or "strong" or "eventual"))
        {
            throw new StateException(StateProblem.Other, $"unrecognized consistency model '{Consistency}'");
        }

        if (Concurrency is not ("" or "first-write" or "last-write"))
        {
            throw new StateException(StateProblem.Other, $"unrecognized concurrency model '{Concurrency}'");
        }
    }
}
