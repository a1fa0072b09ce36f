using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Tokens;

/// <summary>The scopes of one grant: the client's default ones and those asked for and allowed.</summary>
internal sealed record GrantedScopes(bool OpenId, IReadOnlyList<ClientScope> Scopes)
{
    /// <summary>What <c>scope</c> shows.</summary>
    public string Shown => Join(Scopes.Where(scope => scope.IncludeInTokenScope));

    /// <summary>All of it, internal scopes included, as a refresh token keeps it.</summary>
    public string All => Join(Scopes);

    public bool Offline => Scopes.Any(scope => scope.Name == ClientScope.OfflineAccess);

    /// <summary>
    /// Resolves a <c>scope</c> parameter; null when it names anything the client does not have. An empty
    /// entry is such a name: Keycloak refuses an empty parameter and doubled spaces.
    /// </summary>
    public static GrantedScopes? Resolve(Client client, string? requested)
    {
        if (requested is null)
        {
            return new GrantedScopes(false, client.DefaultScopes);
        }

        var openId = false;
        var scopes = new List<ClientScope>(client.DefaultScopes);
        foreach (var name in requested.Split(' '))
        {
            if (name == ClientScope.OpenId)
            {
                openId = true;
            }
            else if (client.FindScope(name) is not { } scope)
            {
                return null;
            }
            else if (!scopes.Contains(scope))
            {
                scopes.Add(scope);
            }
        }

        return new GrantedScopes(openId, scopes);
    }

    /// <summary>Without the scopes whose roles the user lacks.</summary>
    public GrantedScopes For(User user)
        => Scopes.All(scope => Allows(scope, user)) ? this : this with { Scopes = [.. Scopes.Where(scope => Allows(scope, user))] };

    /// <summary>Without the scopes that <paramref name="limit"/> does not hold.</summary>
    public GrantedScopes Within(IReadOnlySet<string> limit)
        => new(OpenId && limit.Contains(ClientScope.OpenId), [.. Scopes.Where(scope => limit.Contains(scope.Name))]);

    private static bool Allows(ClientScope scope, User user)
        => scope.Roles.Count == 0 || Role.Expand(scope.Roles).Any(user.HasRole);

    private string Join(IEnumerable<ClientScope> scopes)
    {
        var names = scopes.Select(scope => scope.Name);
        return string.Join(' ', OpenId ? names.Prepend(ClientScope.OpenId) : names);
    }
}
