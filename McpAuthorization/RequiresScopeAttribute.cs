namespace McpAspire.McpAuthorization;

/// <summary>
/// Names the OAuth scopes that a caller needs for this tool; all of them are needed.
/// The tool stays listed for callers without them, so that a client can step up.
/// </summary>
/// <param name="scopes">One or more scopes, each declared in <see cref="McpAuthorizationOptions.Scopes"/>.</param>
/// <example><code>[McpServerTool, RequiresScope("tickets:read")]</code></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class RequiresScopeAttribute(params string[] scopes) : Attribute
{
    /// <summary>The scopes, all of which are needed.</summary>
    public IReadOnlyList<string> Scopes { get; } = scopes;
}
