namespace McpAspire.IdentityProvider.Realm;

/// <summary>Reads <c>roles</c> and adds what Keycloak makes by itself: the default roles and those of the account client.</summary>
internal static class RoleReader
{
    public const string AccountClient = "account";

    public static RoleSet Read(RealmNode realm, string realmName)
    {
        var roles = AddBuiltIn(realmName);
        if (realm.Object("roles") is not { } node)
        {
            return roles;
        }

        var declared = new List<(RealmNode Node, Role Role)>();
        foreach (var item in node.Objects("realm"))
        {
            var role = roles.Add(null, item.RequiredString("name"));
            role.Reset();
            declared.Add((item, role));
        }

        if (node.Object("client") is { } clients)
        {
            foreach (var client in clients.Names)
            {
                declared.AddRange(clients.Objects(client).Select(item => (item, roles.Add(client, item.RequiredString("name")))));
            }
        }

        foreach (var (item, role) in declared)
        {
            ReadComposites(item, role, roles);
        }

        node.Finish();
        return roles;
    }

    public static Role DefaultRole(RoleSet roles, string realmName) => roles.Find(null, $"default-roles-{realmName}")!;

    private static void ReadComposites(RealmNode node, Role role, RoleSet roles)
    {
        node.Skip("id", "description", "composite", "clientRole", "containerId", "attributes");
        if (node.Object("composites") is { } composites)
        {
            foreach (var name in composites.Strings("realm"))
            {
                role.Contains(roles.Require(node, null, name, composites.Join("realm")));
            }

            foreach (var (client, names) in composites.ListMap("client"))
            {
                foreach (var name in names)
                {
                    role.Contains(roles.Require(node, client, name, composites.Join($"client.{client}")));
                }
            }

            composites.Finish();
        }

        node.Finish();
    }

    private static RoleSet AddBuiltIn(string realmName)
    {
        var roles = new RoleSet();
        var manage = roles.Add(AccountClient, "manage-account");
        manage.Contains(roles.Add(AccountClient, "manage-account-links"));
        var defaults = roles.Add(null, $"default-roles-{realmName}");
        defaults.Contains(roles.Add(null, "offline_access"));
        defaults.Contains(roles.Add(null, "uma_authorization"));
        defaults.Contains(roles.Add(AccountClient, "view-profile"));
        defaults.Contains(manage);
        return roles;
    }
}
