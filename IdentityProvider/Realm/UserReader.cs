using McpAspire.IdentityProvider.Realm.Credentials;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>Reads <c>users</c> and makes the service accounts that the file does not declare.</summary>
internal sealed class UserReader(string realmName, RoleSet roles, IReadOnlyDictionary<string, Group> groups)
{
    public User Read(RealmNode node)
    {
        var username = node.RequiredString("username").ToLowerInvariant();
        if (node.Strings("requiredActions") is [var action, ..])
        {
            throw node.Report.Refuse(node.Join("requiredActions"), $"holds \"{action}\"; required actions are not supported, and skipping them would let the user in without.");
        }

        var credentials = node.Objects("credentials");
        if (credentials.Count > 1)
        {
            throw node.Report.Refuse(node.Join("credentials"), "has more than one entry; one password is supported.");
        }

        var memberOf = node.Strings("groups").Select(path => FindGroup(node, path)).ToList();
        var user = new User
        {
            Id = node.String("id") ?? StableId.For($"user/{realmName}", username),
            Username = username,
            Enabled = node.Bool("enabled", false),
            EmailVerified = node.Bool("emailVerified", false),
            Email = node.String("email")?.ToLowerInvariant(),
            FirstName = node.String("firstName"),
            LastName = node.String("lastName"),
            Attributes = node.ListMap("attributes"),
            Groups = [.. memberOf.Select(group => group.Path)],
            ServiceAccountClientId = node.String("serviceAccountClientId"),
            Password = credentials is [var only] ? PasswordReader.Read(only) : null,
            Roles = Role.Expand(roles.ReadGrants(node).Concat(memberOf.SelectMany(group => group.Roles))),
        };
        if (user is { ServiceAccountClientId: null } and not { Email: not null, FirstName: not null, LastName: not null })
        {
            node.Report.Ignore($"{node.Path} (Keycloak asks \"{username}\" for the missing email or name at sign-in)");
        }

        node.Skip("createdTimestamp", "totp", "notBefore", "access", "disableableCredentialTypes", "federatedIdentities", "origin");
        node.Finish();
        return user;
    }

    public User MakeServiceAccount(Client client) => new()
    {
        Id = StableId.For($"user/{realmName}", RealmModel.ServiceAccountName(client.ClientId)),
        Username = RealmModel.ServiceAccountName(client.ClientId),
        ServiceAccountClientId = client.ClientId,
        Roles = Role.Expand([RoleReader.DefaultRole(roles, realmName)]),
    };

    private Group FindGroup(RealmNode node, string path)
        => groups.TryGetValue(path.StartsWith('/') ? path : $"/{path}", out var group)
            ? group
            : throw node.Report.Refuse(node.Join("groups"), $"names the group \"{path}\", which is not declared under groups.");
}
