namespace McpAspire.McpAuthorization.Policies;

/// <summary>What a tool demands of a caller with a valid token.</summary>
public sealed record ToolPolicy
{
    private ToolPolicy(IReadOnlyList<string> requiredScopes) => RequiredScopes = requiredScopes;

    /// <summary>Every caller with a valid token.</summary>
    public static ToolPolicy AnyScope { get; } = new([]);

    /// <summary>The scopes, all of which are needed; none for <see cref="AnyScope"/>.</summary>
    public IReadOnlyList<string> RequiredScopes { get; }

    /// <summary>Callers with all of these scopes, held directly or through a scope that includes them.</summary>
    public static ToolPolicy Scopes(params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return scopes.Length > 0 && !scopes.Any(string.IsNullOrWhiteSpace)
            ? new([.. scopes.Distinct(StringComparer.Ordinal)])
            : throw new ArgumentException("Name at least one scope, or use AnyScope.", nameof(scopes));
    }

    /// <summary>The policy that a tool's attributes state, or null when they state none or contradict each other.</summary>
    internal static ToolPolicy? FromMetadata(IReadOnlyList<object> metadata)
    {
        var scopes = metadata.OfType<RequiresScopeAttribute>().SelectMany(attribute => attribute.Scopes).ToArray();
        var demandsScopes = metadata.Any(item => item is RequiresScopeAttribute);
        var allowsAny = metadata.Any(item => item is AllowAnyScopeAttribute);
        return (demandsScopes, allowsAny) switch
        {
            (true, false) when scopes.Length > 0 && !scopes.Any(string.IsNullOrWhiteSpace) => Scopes(scopes),
            (false, true) => AnyScope,
            _ => null,
        };
    }
}
