namespace McpAspire.IdentityProvider.Hosting;

/// <summary>What KC_FEATURES can switch on.</summary>
internal static class Features
{
    /// <summary>A URL as client id, whose document describes the client.</summary>
    public const string ClientIdMetadata = "cimd";

    /// <summary>RFC 8707.</summary>
    public const string ResourceIndicators = "resource-indicators";

    public static readonly string[] All = [ClientIdMetadata, ResourceIndicators];
}
