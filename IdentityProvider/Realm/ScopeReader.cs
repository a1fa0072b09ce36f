namespace McpAspire.IdentityProvider.Realm;

/// <summary>Reads <c>clientScopes</c> and the roles that <c>scopeMappings</c> tie them to.</summary>
internal static class ScopeReader
{
    private static readonly Dictionary<string, string> Messages = new()
    {
        ["${profileScopeConsentText}"] = "User profile",
        ["${emailScopeConsentText}"] = "Email address",
        ["${rolesScopeConsentText}"] = "User roles",
        ["${addressScopeConsentText}"] = "Address",
        ["${phoneScopeConsentText}"] = "Phone number",
        ["${offlineAccessScopeConsentText}"] = "Offline Access",
    };

    public static IReadOnlyList<ClientScope> Read(RealmNode realm, RoleSet roles)
    {
        var mappings = ReadMappings(realm, roles, "clientScope");
        var scopes = realm.Objects("clientScopes").Select(node => ReadScope(node, mappings)).ToList();
        if (!scopes.Exists(scope => scope.Name == ClientScope.OfflineAccess))
        {
            scopes.Add(new ClientScope { Name = ClientScope.OfflineAccess, ConsentText = "Offline Access", Roles = [roles.Find(null, "offline_access")!] });
        }

        if (scopes.GroupBy(scope => scope.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw realm.Report.Refuse("clientScopes", $"declares \"{twice.Key}\" more than once.");
        }

        return scopes;
    }

    /// <summary>Reads the entries of <c>scopeMappings</c> and <c>clientScopeMappings</c> whose target is <paramref name="target"/>.</summary>
    public static ILookup<string, Role> ReadMappings(RealmNode realm, RoleSet roles, string target)
    {
        var found = new List<(string Name, Role Role)>();
        void Add(RealmNode node, string? owner)
        {
            var name = node.String(target);
            node.Skip("client", "clientScope");
            foreach (var role in node.Strings("roles"))
            {
                var mapped = roles.Require(node, owner, role, node.Join("roles"));
                if (name is not null)
                {
                    found.Add((name, mapped));
                }
            }
        }

        foreach (var node in realm.Objects("scopeMappings"))
        {
            Add(node, null);
        }

        if (realm.Object("clientScopeMappings") is { } byClient)
        {
            foreach (var owner in byClient.Names)
            {
                foreach (var node in byClient.Objects(owner))
                {
                    Add(node, owner);
                }
            }
        }

        return found.ToLookup(item => item.Name, item => item.Role);
    }

    private static ClientScope ReadScope(RealmNode node, ILookup<string, Role> mappings)
    {
        var name = node.RequiredString("name");
        node.Skip("id", "description", "protocol");
        var attributes = node.Map("attributes");
        var scope = new ClientScope
        {
            Name = name,
            IncludeInTokenScope = attributes.GetValueOrDefault("include.in.token.scope") != "false",
            DisplayOnConsentScreen = attributes.GetValueOrDefault("display.on.consent.screen") != "false",
            ConsentText = ConsentText(name, attributes.GetValueOrDefault("consent.screen.text")),
            Mappers = MapperReader.Read(node),
            Roles = [.. mappings[name]],
        };
        node.Finish();
        return scope;
    }

    private static string ConsentText(string name, string? text)
        => string.IsNullOrWhiteSpace(text) ? name : Messages.GetValueOrDefault(text, text);
}
