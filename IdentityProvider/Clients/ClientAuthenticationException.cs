using McpAspire.IdentityProvider.Endpoints;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>A client that did not prove who it is; endpoints word it differently.</summary>
internal sealed class ClientAuthenticationException(int status, string error, string description) : OAuthException(status, error, description)
{
    public const string Text = "Invalid client or Invalid client credentials";

    /// <summary>True when the client is known and its proof is wrong.</summary>
    public bool IsBadProof { get; private init; }

    public static ClientAuthenticationException Unknown() => new(401, "invalid_client", Text);

    public static ClientAuthenticationException BadProof() => new(401, "unauthorized_client", Text) { IsBadProof = true };

    public static ClientAuthenticationException BadAssertion(string description) => new(400, "invalid_client", description) { IsBadProof = true };
}
