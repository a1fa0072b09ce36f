namespace McpAspire.McpAuthorization.Auditing;

/// <summary>How an allowed call ended.</summary>
public enum ToolCallOutcome
{
    /// <summary>The tool answered.</summary>
    Succeeded,

    /// <summary>The tool answered with an error, or threw.</summary>
    Failed,

    /// <summary>The caller went away.</summary>
    Canceled,
}
