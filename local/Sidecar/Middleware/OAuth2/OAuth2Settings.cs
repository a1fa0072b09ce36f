using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>The metadata of an oauth2 component. daprd requires none of it; a login needs all of it.</summary>
internal sealed record OAuth2Settings
{
    /// <summary>
    /// What sessions keep their tokens under: a component that has come to mean another client, provider or other scopes does not
    /// get, show or renew the tokens of the earlier one.
    /// </summary>
    public required string LoginId { get; init; }

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

        var (clientId, scopes) = (settings.Required("clientID"), settings.Text("scopes") ?? string.Empty);
        var (authUrl, tokenUrl) = (settings.RequiredUrl("authURL"), settings.RequiredUrl("tokenURL"));
        return new OAuth2Settings
        {
            LoginId = string.Join('\n', settings.Component.Name, clientId, scopes, authUrl.OriginalString, tokenUrl.OriginalString),
            ClientId = clientId,
            ClientSecret = settings.Text("clientSecret") ?? string.Empty,
            Scopes = scopes.Split(',', StringSplitOptions.RemoveEmptyEntries),
            AuthUrl = authUrl,
            TokenUrl = tokenUrl,
            RedirectUrl = settings.Text("redirectURL") is null ? string.Empty : settings.RequiredUrl("redirectURL").OriginalString,
            HeaderName = settings.RequiredHeaderName("authHeaderName"),
            Filter = settings.PathFilter(),
            ForceHttps = settings.Switch("forceHTTPS"),
            ScopeUpgrade = settings.Switch("scopeUpgrade"),
        };
    }
}
