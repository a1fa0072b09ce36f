namespace McpAspire.IdentityProvider.Realm;

/// <summary>An application that may ask this realm for tokens.</summary>
internal sealed record Client
{
    public required string Id { get; init; }

    public required string ClientId { get; init; }

    public string? Name { get; init; }

    public bool Enabled { get; init; } = true;

    public bool Public { get; init; }

    public string Authenticator { get; init; } = "client-secret";

    public string? Secret { get; init; }

    public bool StandardFlow { get; init; } = true;

    public bool DirectAccessGrants { get; init; }

    public bool ServiceAccounts { get; init; }

    public bool ConsentRequired { get; init; }

    public bool FullScopeAllowed { get; init; } = true;

    /// <summary>Not in the realm file: it registered itself, or its id is the address of its metadata.</summary>
    public bool Registered { get; init; }

    public string? BaseUrl { get; init; }

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public IReadOnlyList<string> WebOrigins { get; init; } = [];

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<ClientScope> DefaultScopes { get; init; } = [];

    public IReadOnlyList<ClientScope> OptionalScopes { get; init; } = [];

    public IReadOnlyList<ProtocolMapper> Mappers { get; init; } = [];

    /// <summary>Roles that may appear in tokens when <see cref="FullScopeAllowed"/> is off.</summary>
    public IReadOnlyList<Role> ScopeRoles { get; init; } = [];

    public string DisplayName => string.IsNullOrWhiteSpace(Name) ? ClientId : Name;

    public string? RequiredChallengeMethod => Attribute("pkce.code.challenge.method");

    public bool DeviceFlow => Is("oauth2.device.authorization.grant.enabled");

    public bool TokenExchange => Is("standard.token.exchange.enabled");

    public int AccessTokenLifespan(RealmSettings realm)
        => int.TryParse(Attribute("access.token.lifespan"), out var own) && own > 0 ? own : realm.AccessTokenLifespan;

    public string? Attribute(string name) => Attributes.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public bool Is(string attribute) => string.Equals(Attribute(attribute), "true", StringComparison.OrdinalIgnoreCase);

    public ClientScope? FindScope(string name)
        => DefaultScopes.FirstOrDefault(scope => scope.Name == name) ?? OptionalScopes.FirstOrDefault(scope => scope.Name == name);
}
