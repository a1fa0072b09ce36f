using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Token;

/// <summary>The token endpoint. Checks in Keycloak's order: grant type, client, origin, grant.</summary>
internal static class TokenEndpoint
{
    private static readonly Dictionary<string, IGrant> Grants = new IGrant[]
    {
        new AuthorizationCodeGrant(), new RefreshTokenGrant(), new ClientCredentialsGrant(),
        new DeviceCodeGrant(), new TokenExchangeGrant(), new PasswordGrant(), new JwtBearerGrant(), new CibaGrant(), new UmaGrant(),
    }.ToDictionary(grant => grant.Type);

    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var form = await FormParameters.ReadAsync(context);
        try
        {
            CrossOrigin.AllowAny(context);
            var type = form["grant_type"] ?? throw OAuthException.InvalidRequest("Missing form parameter: grant_type");
            if (form.HasDuplicates)
            {
                throw OAuthException.InvalidRequest("duplicated parameter");
            }

            if (!Grants.TryGetValue(type, out var grant))
            {
                throw new OAuthException(400, Errors.UnsupportedGrantType, "Unsupported grant_type");
            }

            var client = await ClientAuthenticator.AuthenticateAsync(context, realm, form);
            CrossOrigin.Require(context, client);
            var request = new TokenRequest(context, realm, client, form) { KeyThumbprint = DPoPProof.Verify(context, realm, realm.Urls.Token) };
            if (request.KeyThumbprint is null && client.Is("dpop.bound.access.tokens"))
            {
                throw OAuthException.InvalidRequest("DPoP proof is missing");
            }

            await context.Token(StatusCodes.Status200OK, grant.Handle(request));
        }
        catch (OAuthException e)
        {
            realm.Log.TokenRefused(realm.Settings.Name, e.Error, e.Description);
            await context.Token(e.Status, Answers.Describe(e));
        }
    }
}
