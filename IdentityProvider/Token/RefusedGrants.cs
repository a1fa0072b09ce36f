using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Token;

/// <summary>Passwords belong on the login page, never in a client: refused for every client.</summary>
internal sealed class PasswordGrant : IGrant
{
    public string Type => GrantTypes.Password;

    public JsonObject Handle(TokenRequest request)
        => throw new OAuthException(400, Errors.UnauthorizedClient, "Client not allowed for direct access grants");
}

/// <summary>Assertions of other issuers: no realm here trusts any.</summary>
internal sealed class JwtBearerGrant : IGrant
{
    public string Type => "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public JsonObject Handle(TokenRequest request)
    {
        var assertion = request.Form["assertion"] ?? throw OAuthException.InvalidGrant("Missing parameter:assertion");
        throw OAuthException.InvalidGrant(Jwt.Read(assertion) is null ? "The provided assertion is not a valid JWT" : "No Identity Provider found for the issuer");
    }
}

/// <summary>Sign-in on another channel: no client here may start it.</summary>
internal sealed class CibaGrant : IGrant
{
    public string Type => "urn:openid:params:grant-type:ciba";

    public JsonObject Handle(TokenRequest request) => throw OAuthException.InvalidGrant("Client not allowed OIDC CIBA Grant");
}

/// <summary>User-managed access: no client here has an authorization service.</summary>
internal sealed class UmaGrant : IGrant
{
    public string Type => "urn:ietf:params:oauth:grant-type:uma-ticket";

    public JsonObject Handle(TokenRequest request)
        => throw (request.Form["ticket"] is null
            ? OAuthException.InvalidRequest("You must provide the issuedFor")
            : new OAuthException(403, "invalid_ticket", "Ticket verification failed"));
}
