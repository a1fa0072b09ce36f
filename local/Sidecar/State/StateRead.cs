namespace McpAspire.Sidecar.State;

/// <summary>One value to be read.</summary>
/// <param name="Key">With its prefix.</param>
internal sealed record StateRead(string Key)
{
    /// <summary>Empty, <c>strong</c> or <c>eventual</c>.</summary>
    public string Consistency { get; init; } = string.Empty;

    /// <summary>Of the request, for stores that look at it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = StateItem.NoMetadata;
}
