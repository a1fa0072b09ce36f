namespace McpAspire.Sidecar.Workflows;

/// <summary>What a workflow is started with.</summary>
/// <param name="Id">Empty: one is made.</param>
/// <param name="Input">JSON, or null.</param>
internal sealed record WorkflowStart(string Name, string Id, string? Input)
{
    /// <summary>Null: at once.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Of the caller, as a <c>traceparent</c>.</summary>
    public string? Trace { get; init; }

    /// <summary>Not in the place of an instance that is over.</summary>
    public bool IsUnique { get; init; }
}
