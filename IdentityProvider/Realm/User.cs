using McpAspire.IdentityProvider.Realm.Credentials;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>A person, or the service account of a client.</summary>
internal sealed class User
{
    public required string Id { get; init; }

    public required string Username { get; init; }

    public bool Enabled { get; init; } = true;

    public bool EmailVerified { get; init; }

    public string? Email { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public IReadOnlyList<string> Groups { get; init; } = [];

    public string? ServiceAccountClientId { get; init; }

    public IPasswordCredential? Password { get; init; }

    /// <summary>Roles with everything that composites and groups bring.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = [];

    public bool HasRole(Role role) => Roles.Contains(role);

    /// <summary>The value of a built-in property or of the first such attribute.</summary>
    public IReadOnlyList<string> Values(string name)
    {
        var property = name switch
        {
            "username" => Username,
            "email" => Email,
            "firstName" => FirstName,
            "lastName" => LastName,
            "emailVerified" => EmailVerified ? "true" : "false",
            "id" => Id,
            _ => null,
        };
        return property is not null ? [property] : Attributes.TryGetValue(name, out var values) ? values : [];
    }
}
