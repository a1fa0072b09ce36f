using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.State;

/// <summary>Clients that are not in the realm file, over a restart. What the realm decides about them comes from the file again.</summary>
internal static class StoredClients
{
    public static StoredClient[] Capture(RealmRuntime realm) =>
    [
        .. realm.Model.Clients.Where(client => client.Registered).OrderBy(client => client.ClientId, StringComparer.Ordinal).Select(client => new StoredClient(
            client.Id, client.ClientId, client.Name, client.Public, client.Authenticator, client.Secret, client.StandardFlow, client.ServiceAccounts,
            client.ConsentRequired, [.. client.RedirectUris], new(client.Attributes), [.. client.OptionalScopes.Select(scope => scope.Name)],
            realm.Registrations.CurrentId(client.ClientId))),
    ];

    public static void Restore(RealmRuntime realm, IEnumerable<StoredClient> clients)
    {
        foreach (var stored in clients.Where(stored => realm.Model.FindClient(stored.ClientId) is null))
        {
            if (stored.TokenId is { } tokenId)
            {
                realm.Model.AddClient(ToClient(realm.Model, stored));
                realm.Registrations.RestoreCurrent(stored.ClientId, tokenId);
            }
            else if (realm.Cimd.IsOn)
            {
                realm.Model.AddClient(ToClient(realm.Model, stored));
                realm.Cimd.Restore(stored.ClientId);
            }
        }
    }

    private static Client ToClient(RealmModel model, StoredClient stored) => new()
    {
        Id = stored.Id,
        ClientId = stored.ClientId,
        Name = stored.Name,
        Registered = true,
        Public = stored.Public,
        Authenticator = stored.Authenticator,
        Secret = stored.Secret,
        StandardFlow = stored.StandardFlow,
        ServiceAccounts = stored.ServiceAccounts,
        ConsentRequired = stored.ConsentRequired,
        FullScopeAllowed = false,
        RedirectUris = stored.RedirectUris,
        WebOrigins = ["+"],
        Attributes = stored.Attributes,
        DefaultScopes = model.DefaultScopes,
        OptionalScopes = [.. model.Scopes.Where(scope => stored.OptionalScopes.Contains(scope.Name))],
    };
}
