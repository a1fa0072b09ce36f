namespace McpAspire.McpAuthorization.Scopes;

/// <summary>The scopes of a protected resource, and which of them include which others.</summary>
/// <example><code>scopes.Add("read").Add("write", "read").Add("admin", "write");</code></example>
public sealed class ScopeHierarchy
{
    private readonly Dictionary<string, string[]> _implied = new(StringComparer.Ordinal);

    /// <summary>The declared scopes in the order of their declaration, as published in the resource metadata.</summary>
    public IReadOnlyCollection<string> Declared => _implied.Keys;

    /// <summary>Declares a scope and the scopes that it includes.</summary>
    /// <param name="scope">The scope as it stands in a token.</param>
    /// <param name="implies">Scopes that a holder of <paramref name="scope"/> has as well, directly or through these.</param>
    public ScopeHierarchy Add(string scope, params string[] implies)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scope);
        ArgumentNullException.ThrowIfNull(implies);
        if (!_implied.TryAdd(scope, implies))
        {
            throw new ArgumentException($"Scope '{scope}' is declared twice.", nameof(scope));
        }

        return this;
    }

    /// <summary>Whether the scope was declared.</summary>
    public bool Contains(string scope) => _implied.ContainsKey(scope);

    /// <summary>The granted scopes and everything that they include.</summary>
    public IReadOnlySet<string> Expand(IEnumerable<string> granted)
    {
        ArgumentNullException.ThrowIfNull(granted);
        var expanded = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(granted);
        while (pending.TryPop(out var scope))
        {
            if (expanded.Add(scope) && _implied.TryGetValue(scope, out var implied))
            {
                Array.ForEach(implied, pending.Push);
            }
        }

        return expanded;
    }

    internal IEnumerable<string> ImpliedButNotDeclared()
        => _implied.Values.SelectMany(implied => implied).Where(scope => !Contains(scope)).Distinct(StringComparer.Ordinal);
}
