using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Token;

/// <summary>A token request whose client is known and proven.</summary>
internal sealed record TokenRequest(HttpContext Context, RealmRuntime Realm, Client Client, FormParameters Form)
{
    public string? Scope => Form["scope"] is { Length: <= FormParameters.LongestParameter } scope ? scope : null;

    /// <summary>The key that the caller proved to hold; its tokens are bound to it.</summary>
    public string? KeyThumbprint { get; init; }

    public GrantedScopes ResolveScopes(string? scope)
        => GrantedScopes.Resolve(Client, scope) ?? throw OAuthException.InvalidScope(scope);
}
