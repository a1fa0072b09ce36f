namespace McpAspire.McpServer.Configuration;

/// <summary>The section <c>Keycloak</c>, in the shape of a Keycloak adapter file and of Keycloak.AuthServices.</summary>
internal sealed record KeycloakSettings
{
    public const string Section = "Keycloak";

    [ConfigurationKeyName("realm")]
    public string Realm { get; init; } = "";

    [ConfigurationKeyName("auth-server-url")]
    public string AuthServerUrl { get; init; } = "";

    /// <summary>none, external (https except on this machine) or all.</summary>
    [ConfigurationKeyName("ssl-required")]
    public string SslRequired { get; init; } = "external";

    /// <summary>The audience of the tokens: the public URL of the MCP endpoint.</summary>
    [ConfigurationKeyName("resource")]
    public string Resource { get; init; } = "";

    [ConfigurationKeyName("verify-token-audience")]
    public bool VerifyTokenAudience { get; init; } = true;

    [ConfigurationKeyName("token-clock-skew")]
    public TimeSpan TokenClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Exactly what stands in the <c>iss</c> of a token.</summary>
    public string Issuer => $"{AuthServerUrl.TrimEnd('/')}/realms/{Realm}";

    public bool RequireHttps => SslRequired switch
    {
        "none" => false,
        "external" => !new Uri(AuthServerUrl).IsLoopback,
        _ => true,
    };
}
