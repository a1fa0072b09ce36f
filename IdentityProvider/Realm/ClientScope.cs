namespace McpAspire.IdentityProvider.Realm;

/// <summary>A named set of mappers and roles that a client gets by default or on request.</summary>
internal sealed record ClientScope
{
    public const string OpenId = "openid";
    public const string OfflineAccess = "offline_access";

    public required string Name { get; init; }

    public bool IncludeInTokenScope { get; init; } = true;

    public bool DisplayOnConsentScreen { get; init; } = true;

    public required string ConsentText { get; init; }

    public IReadOnlyList<ProtocolMapper> Mappers { get; init; } = [];

    /// <summary>Roles of which a user needs one to get this scope; empty: everybody.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = [];
}
