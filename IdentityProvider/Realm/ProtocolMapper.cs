namespace McpAspire.IdentityProvider.Realm;

/// <summary>One protocol mapper of a client or a client scope.</summary>
internal sealed record ProtocolMapper(string Name, string Kind, IReadOnlyDictionary<string, string> Config)
{
    public const string Audience = "oidc-audience-mapper";
    public const string AudienceResolve = "oidc-audience-resolve-mapper";
    public const string UserAttribute = "oidc-usermodel-attribute-mapper";
    public const string UserProperty = "oidc-usermodel-property-mapper";
    public const string RealmRoles = "oidc-usermodel-realm-role-mapper";
    public const string ClientRoles = "oidc-usermodel-client-role-mapper";
    public const string GroupMembership = "oidc-group-membership-mapper";
    public const string HardcodedClaim = "oidc-hardcoded-claim-mapper";
    public const string FullName = "oidc-full-name-mapper";
    public const string SessionNote = "oidc-usersessionmodel-note-mapper";
    public const string Subject = "oidc-sub-mapper";
    public const string AllowedOrigins = "oidc-allowed-origins-mapper";
    public const string AuthenticationContext = "oidc-acr-mapper";

    public static readonly IReadOnlySet<string> Supported = new HashSet<string>
    {
        Audience, AudienceResolve, UserAttribute, UserProperty, RealmRoles, ClientRoles, GroupMembership,
        HardcodedClaim, FullName, SessionNote, Subject, AllowedOrigins, AuthenticationContext,
    };

    public string? this[string key] => Config.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    public bool In(TokenUse use) => this[use switch
    {
        TokenUse.Access => "access.token.claim",
        TokenUse.Id => "id.token.claim",
        TokenUse.UserInfo => "userinfo.token.claim",
        _ => "introspection.token.claim",
    }] == "true";
}

/// <summary>Where a claim can appear.</summary>
internal enum TokenUse
{
    Access,
    Id,
    UserInfo,
    Introspection,
}
