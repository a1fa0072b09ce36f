namespace McpAspire.IdentityProvider.Realm;

/// <summary>A group; its roles include those of the groups above it.</summary>
internal sealed record Group(string Path, IReadOnlyList<Role> Roles)
{
    public static IReadOnlyDictionary<string, Group> Read(RealmNode realm, RoleSet roles)
    {
        var found = new Dictionary<string, Group>();
        foreach (var node in realm.Objects("groups"))
        {
            Read(node, "", [], roles, found);
        }

        return found;
    }

    private static void Read(RealmNode node, string parent, IReadOnlyList<Role> inherited, RoleSet roles, Dictionary<string, Group> found)
    {
        var path = $"{parent}/{node.RequiredString("name")}";
        node.Skip("id", "path", "parentId", "subGroupCount", "description");
        if (node.ListMap("attributes").Count > 0)
        {
            node.Report.Ignore(node.Join("attributes"));
        }

        var group = new Group(path, [.. inherited, .. roles.ReadGrants(node)]);
        found[path] = group;
        foreach (var child in node.Objects("subGroups"))
        {
            Read(child, path, group.Roles, roles, found);
        }

        node.Finish();
    }
}
