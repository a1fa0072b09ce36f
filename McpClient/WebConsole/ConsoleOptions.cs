using McpAspire.Client.Configuration;

namespace McpAspire.Client.WebConsole;

/// <summary>Sections <c>McpClient:Console</c> and, for the identity provider that browsers see, <c>Keycloak</c>.</summary>
internal sealed record ConsoleOptions
{
    /// <summary>Base address of the provider (<c>Keycloak:auth-server-url</c>); null when nobody said where it is.</summary>
    public Uri? ProviderAddress { get; init; }

    public string Realm { get; init; } = "mcp";

    /// <summary>The client of the sidecar's oauth2 component; the provider asks for it at sign-out.</summary>
    public string ClientId { get; init; } = "mcp-console";

    /// <summary>How long a signed-in browser is remembered; the sidecar's own session lives for two hours.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long a person may take on the provider's pages.</summary>
    public TimeSpan SignInLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a page waits for the server.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(15);

    public string? ProviderOrigin => ProviderAddress?.GetLeftPart(UriPartial.Authority);

    public string? Issuer => ProviderAddress is null ? null : $"{ProviderAddress.AbsoluteUri.TrimEnd('/')}/realms/{Realm}";

    public static ConsoleOptions Read(IConfiguration configuration)
    {
        var console = new SettingsReader(configuration, "McpClient:Console");
        var keycloak = new SettingsReader(configuration, "Keycloak");
        var defaults = new ConsoleOptions();
        return new ConsoleOptions
        {
            ProviderAddress = keycloak.HttpAddress("auth-server-url"),
            Realm = keycloak.Text("realm") ?? defaults.Realm,
            ClientId = console.Text(nameof(ClientId)) ?? defaults.ClientId,
            SessionLifetime = console.Duration(nameof(SessionLifetime), defaults.SessionLifetime, TimeSpan.FromSeconds(1)),
            SignInLifetime = console.Duration(nameof(SignInLifetime), defaults.SignInLifetime, TimeSpan.FromSeconds(1)),
            CallTimeout = console.Duration(nameof(CallTimeout), defaults.CallTimeout, TimeSpan.FromMilliseconds(100)),
        };
    }
}
