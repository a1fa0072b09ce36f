namespace McpAspire.IdentityProvider.Realm;

/// <summary>All roles of a realm by owner and name.</summary>
internal sealed class RoleSet
{
    private readonly Dictionary<(string? Client, string Name), Role> _roles = [];

    public Role Add(string? client, string name)
    {
        if (!_roles.TryGetValue((client, name), out var role))
        {
            _roles.Add((client, name), role = new Role(client, name));
        }

        return role;
    }

    public Role? Find(string? client, string name) => _roles.GetValueOrDefault((client, name));

    /// <summary>Reads <c>realmRoles</c> and <c>clientRoles</c> of a user or a group.</summary>
    public IEnumerable<Role> ReadGrants(RealmNode node)
    {
        foreach (var name in node.Strings("realmRoles"))
        {
            yield return Require(node, null, name, node.Join("realmRoles"));
        }

        foreach (var (client, names) in node.ListMap("clientRoles"))
        {
            foreach (var name in names)
            {
                yield return Require(node, client, name, node.Join($"clientRoles.{client}"));
            }
        }
    }

    public Role Require(RealmNode node, string? client, string name, string path)
        => Find(client, name) ?? throw node.Report.Refuse(path, $"names the role \"{name}\", which is not declared under roles.{(client is null ? "realm" : $"client.{client}")}.");
}
