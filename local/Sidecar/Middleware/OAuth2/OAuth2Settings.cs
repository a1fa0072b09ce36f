using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>The metadata of an oauth2 component. daprd requires none of it; a login needs all of it.</summary>
internal sealed record OAuth2Settings
{
    public required string ComponentName { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Empty: a public client, which proves itself by PKCE alone.</summary>
    public required string ClientSecret { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required Uri AuthUrl { get; init; }

    public required Uri TokenUrl { get; init; }

    /// <summary>Empty: the provider takes the one it has registered.</summary>
    public required string RedirectUrl { get; init; }

    public required string HeaderName { get; init; }

    public required PathFilter Filter { get; init; }

    public bool ForceHttps { get; init; }

    /// <summary>Ours: an app's 403 <c>insufficient_scope</c> becomes a login for more scopes.</summary>
    public bool ScopeUpgrade { get; init; }

    /// <summary>Never its values: a record's text would hold them.</summary>
    public override string ToString() => nameof(OAuth2Settings);

    public static OAuth2Settings Read(ComponentSettings settings, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown("clientID", "clientSecret", "scopes", "authURL", "tokenURL", "redirectURL", "authHeaderName", "forceHTTPS", "pathFilter", "scopeUpgrade"))
        {
            warnings.Add(unknown);
        }

        return new OAuth2Settings
        {
            ComponentName = settings.Component.Name,
            ClientId = settings.Required("clientID"),
            ClientSecret = settings.Text("clientSecret") ?? string.Empty,
            Scopes = (settings.Text("scopes") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries),
            AuthUrl = settings.RequiredUrl("authURL"),
            TokenUrl = settings.RequiredUrl("tokenURL"),
            RedirectUrl = settings.Text("redirectURL") is null ? string.Empty : settings.RequiredUrl("redirectURL").OriginalString,
            HeaderName = settings.RequiredHeaderName("authHeaderName"),
            Filter = settings.PathFilter(),
            ForceHttps = settings.Switch("forceHTTPS"),
            ScopeUpgrade = settings.Switch("scopeUpgrade"),
        };
    }
}
