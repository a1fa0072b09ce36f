namespace McpAspire.IdentityProvider.Realm;

/// <summary>A role of the realm (<see cref="Client"/> null) or of a client.</summary>
internal sealed class Role(string? client, string name)
{
    private readonly List<Role> _composites = [];

    public string? Client { get; } = client;

    public string Name { get; } = name;

    public IReadOnlyList<Role> Composites => _composites;

    /// <summary>Forgets what Keycloak would have put in: the file says it itself.</summary>
    public void Reset() => _composites.Clear();

    public void Contains(Role role) => _composites.Add(role);

    /// <summary>The roles and everything they contain.</summary>
    public static IReadOnlyList<Role> Expand(IEnumerable<Role> roles)
    {
        var seen = new HashSet<Role>();
        var result = new List<Role>();
        var open = new Queue<Role>(roles);
        while (open.TryDequeue(out var role))
        {
            if (!seen.Add(role))
            {
                continue;
            }

            result.Add(role);
            foreach (var contained in role.Composites)
            {
                open.Enqueue(contained);
            }
        }

        return result;
    }
}
