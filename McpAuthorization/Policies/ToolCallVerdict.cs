namespace McpAspire.McpAuthorization.Policies;

internal sealed record ToolCallVerdict(bool Allowed, string? Reason, string Message, IReadOnlyList<string> RequiredScopes)
{
    public static ToolCallVerdict Allow(IReadOnlyList<string> requiredScopes) => new(true, null, "", requiredScopes);

    public static ToolCallVerdict Refuse(string reason, string message, IReadOnlyList<string>? requiredScopes = null)
        => new(false, reason, message, requiredScopes ?? []);
}
