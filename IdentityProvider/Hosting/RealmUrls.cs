namespace McpAspire.IdentityProvider.Hosting;

/// <summary>Keycloak's URL layout for one realm.</summary>
internal sealed class RealmUrls(string hostname, string realm)
{
    /// <summary>Also the base of every other URL.</summary>
    public string Issuer { get; } = $"{hostname}/realms/{realm}";

    public string Protocol => $"{Issuer}/protocol/openid-connect";

    public string Token => $"{Protocol}/token";

    public string LoginActions => $"{Issuer}/login-actions";

    public string Registration => $"{Issuer}/clients-registrations/openid-connect";

    public string Device => $"{Issuer}/device";

    /// <summary>Path of the realm without the host: of cookies and of forms.</summary>
    public string Path { get; } = $"/realms/{realm}";
}
