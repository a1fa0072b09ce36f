using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>Revokes one access token, or, by its refresh token, the whole session.</summary>
internal static class RevocationEndpoint
{
    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var form = await FormParameters.ReadAsync(context);
        try
        {
            CrossOrigin.AllowAny(context);
            if (form.HasDuplicates)
            {
                throw OAuthException.InvalidRequest("duplicated parameter");
            }

            var client = await ClientAuthenticator.AuthenticateAsync(context, realm, form);
            CrossOrigin.Require(context, client);
            Revoke(realm, client.ClientId, form["token"] ?? throw OAuthException.InvalidRequest("Token not provided"));
            context.Response.ContentLength = 0;
        }
        catch (OAuthException e)
        {
            await context.Json(e.Status, Answers.Describe(e));
        }
    }

    private static void Revoke(RealmRuntime realm, string clientId, string value)
    {
        if (realm.Reader.ReadSigned(value, RealmTokenTypes.Id) is not null)
        {
            throw new OAuthException(400, "unsupported_token_type", "Unsupported token type");
        }

        if (realm.Reader.Read(value, RealmTokenTypes.Bearer, RealmTokenTypes.DPoP, RealmTokenTypes.Refresh, RealmTokenTypes.Offline).Token is not { } token)
        {
            // RFC 7009 has a client not care; Keycloak says so in the body of a 200.
            throw new OAuthException(200, "invalid_token", "Invalid token");
        }

        if (token.Client.ClientId != clientId)
        {
            throw OAuthException.InvalidRequest("Unmatching clients");
        }

        if (token is { Session: { } session, Type: RealmTokenTypes.Refresh or RealmTokenTypes.Offline })
        {
            realm.Sessions.End(session);
            return;
        }

        realm.Revoked.Add(token.Claims.Text("jti")!, DateTimeOffset.FromUnixTimeSeconds((token.Claims.Number("exp") ?? 0) + 1));
    }
}
