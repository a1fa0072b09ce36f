using OpenIddict.Abstractions;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>An answer of the protocol that ends the request: status, <c>error</c> and <c>error_description</c>.</summary>
internal class OAuthException(int status, string error, string? description) : Exception(description ?? error)
{
    public int Status { get; } = status;

    public string Error { get; } = error;

    public string? Description { get; } = description;

    public static OAuthException InvalidRequest(string description) => new(400, OpenIddictConstants.Errors.InvalidRequest, description);

    public static OAuthException InvalidGrant(string description) => new(400, OpenIddictConstants.Errors.InvalidGrant, description);

    public static OAuthException InvalidScope(string? scope) => new(400, OpenIddictConstants.Errors.InvalidScope, $"Invalid scopes: {scope}");
}
