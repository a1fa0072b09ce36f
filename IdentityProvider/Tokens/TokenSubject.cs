using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;

namespace McpAspire.IdentityProvider.Tokens;

/// <summary>Everything that decides what a token says.</summary>
internal sealed record TokenSubject
{
    public required Client Client { get; init; }

    public required User User { get; init; }

    public required GrantedScopes Scopes { get; init; }

    /// <summary>Null for a service account: its tokens belong to no session.</summary>
    public UserSession? Session { get; init; }

    public string AuthenticationContext { get; init; } = "1";

    public string? Nonce { get; init; }

    /// <summary>Keycloak's short name of the grant, part of <c>jti</c>.</summary>
    public required string Grant { get; init; }

    public string? SessionKind { get; init; }

    /// <summary>Values for session note mappers, such as <c>clientHost</c>.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();

    /// <summary>Keeps only these audiences, when a resource or an audience was asked for.</summary>
    public IReadOnlySet<string>? AudienceFilter { get; init; }

    /// <summary>The resource asked for (RFC 8707), as it was sent.</summary>
    public string? Resource { get; init; }

    /// <summary>The one audience that <see cref="Resource"/> stands for.</summary>
    public string? ResourceAudience { get; init; }

    /// <summary>Thumbprint of the DPoP key that the tokens are bound to.</summary>
    public string? KeyThumbprint { get; init; }

    public string JtiPrefix => $"{SessionKind ?? (Session is null ? "tr" : Session.Offline ? "of" : "on")}rt{Grant}";
}
