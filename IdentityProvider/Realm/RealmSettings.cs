namespace McpAspire.IdentityProvider.Realm;

/// <summary>The realm's own switches and lifetimes (seconds), with Keycloak's defaults.</summary>
internal sealed record RealmSettings
{
    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public bool LoginWithEmailAllowed { get; init; } = true;

    public int NotBefore { get; init; }

    public int AccessTokenLifespan { get; init; } = 300;

    public int AccessCodeLifespan { get; init; } = 60;

    public int AccessCodeLifespanLogin { get; init; } = 1800;

    public int SsoSessionIdleTimeout { get; init; } = 1800;

    public int SsoSessionMaxLifespan { get; init; } = 36000;

    public int OfflineSessionIdleTimeout { get; init; } = 2592000;

    public int DeviceCodeLifespan { get; init; } = 600;

    public int DevicePollingInterval { get; init; } = 5;

    public int PushedRequestLifespan { get; init; } = 60;

    public bool RevokeRefreshToken { get; init; }

    public int RefreshTokenMaxReuse { get; init; }

    public required BruteForceSettings BruteForce { get; init; }
}

/// <summary>Keycloak's brute force detection; times in seconds, the quick check in milliseconds.</summary>
internal sealed record BruteForceSettings
{
    public bool Enabled { get; init; }

    public int FailureFactor { get; init; } = 30;

    public int WaitIncrement { get; init; } = 60;

    public int MaxWait { get; init; } = 900;

    public int MinimumQuickWait { get; init; } = 60;

    public int QuickCheckMilliseconds { get; init; } = 1000;

    public int MaxDelta { get; init; } = 43200;
}
