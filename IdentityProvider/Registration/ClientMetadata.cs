using System.Text.Json;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>What a client says about itself (RFC 7591), checked member by member.</summary>
internal sealed record ClientMetadata
{
    private static readonly HashSet<string> Members =
    [
        "redirect_uris", "token_endpoint_auth_method", "token_endpoint_auth_signing_alg", "grant_types", "response_types", "client_id",
        "client_secret", "client_name", "client_uri", "logo_uri", "scope", "contacts", "tos_uri", "policy_uri", "jwks_uri", "jwks",
        "software_id", "software_version", "application_type", "sector_identifier_uri", "subject_type", "id_token_signed_response_alg",
        "id_token_encrypted_response_alg", "id_token_encrypted_response_enc", "userinfo_signed_response_alg", "userinfo_encrypted_response_alg",
        "userinfo_encrypted_response_enc", "request_object_signing_alg", "request_object_encryption_alg", "request_object_encryption_enc",
        "default_max_age", "require_auth_time", "default_acr_values", "initiate_login_uri", "request_uris",
        "tls_client_certificate_bound_access_tokens", "dpop_bound_access_tokens", "tls_client_auth_subject_dn", "client_id_issued_at",
        "client_secret_expires_at", "registration_client_uri", "registration_access_token", "post_logout_redirect_uris",
        "backchannel_logout_uri", "backchannel_logout_session_required", "require_pushed_authorization_requests", "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
    ];

    private static readonly HashSet<string> Methods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];

    public string? ClientId { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public string AuthMethod { get; init; } = "client_secret_basic";

    public IReadOnlyList<string>? GrantTypes { get; init; }

    public IReadOnlyList<string>? ResponseTypes { get; init; }

    public string? Scope { get; init; }

    public string? Jwks { get; init; }

    public string? JwksUri { get; init; }

    public bool DPoPBound { get; init; }

    public bool RequirePushed { get; init; }

    /// <summary>Every other address it names: its home, its logo, its terms.</summary>
    public IReadOnlyList<string> OtherUris { get; init; } = [];

    public bool UsesCode => ResponseTypes?.Contains("code") ?? GrantTypes?.Contains("authorization_code") ?? true;

    public bool UsesRefreshTokens => GrantTypes?.Contains("refresh_token") ?? true;

    public bool UsesClientCredentials => GrantTypes?.Contains("client_credentials") ?? false;

    public static bool IsKnown(string member) => Members.Contains(member);

    public static ClientMetadata Read(JsonElement json)
    {
        var metadata = new ClientMetadata
        {
            ClientId = json.Text("client_id"),
            Name = json.Text("client_name"),
            RedirectUris = json.Texts("redirect_uris"),
            AuthMethod = json.Text("token_endpoint_auth_method") ?? "client_secret_basic",
            GrantTypes = List(json, "grant_types"),
            ResponseTypes = List(json, "response_types"),
            Scope = json.Text("scope"),
            Jwks = json.TryGetProperty("jwks", out var jwks) && jwks.ValueKind == JsonValueKind.Object ? jwks.GetRawText() : null,
            JwksUri = json.Text("jwks_uri"),
            DPoPBound = Flag(json, "dpop_bound_access_tokens"),
            RequirePushed = Flag(json, "require_pushed_authorization_requests"),
            OtherUris = [.. new[] { "client_uri", "logo_uri", "tos_uri", "policy_uri", "jwks_uri" }.Select(name => json.Text(name)).OfType<string>()],
        };
        var keysAreClear = metadata is { Jwks: null, JwksUri: { } address } ? ClientKeys.IsAddress(address) : metadata.JwksUri is null;
        return keysAreClear && Methods.Contains(metadata.AuthMethod) ? metadata : throw Invalid("invalid_client_metadata", "Client metadata invalid");
    }

    /// <summary>Refuses addresses that no browser should be sent to.</summary>
    public void CheckRedirectUris()
    {
        foreach (var uri in RedirectUris)
        {
            if (uri.Contains('#'))
            {
                throw Invalid("invalid_redirect_uri", "A redirect URI must not contain an URL fragment");
            }

            if (!Uri.TryCreate(uri.TrimEnd('*'), UriKind.Absolute, out var parsed) || uri == "*")
            {
                throw Invalid("invalid_redirect_uri", "A redirect URI is not a valid URI");
            }

            if (parsed.Scheme is "javascript" or "data" or "vbscript" or "file")
            {
                throw Invalid("invalid_redirect_uri", "A redirect URI uses an illegal scheme");
            }
        }
    }

    public static OAuthException Invalid(string error, string description) => new(400, error, description);

    private static IReadOnlyList<string>? List(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? json.Texts(name) : null;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
