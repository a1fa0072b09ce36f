using System.Net;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Logout;

/// <summary>A checked request to end a session.</summary>
internal sealed record LogoutRequest(string ClientId, string? HintedSession, string? RedirectUri)
{
    public static LogoutRequest Read(RealmRuntime realm, FormParameters parameters)
    {
        var client = realm.Model.FindClient(parameters["client_id"]);
        string? session = null;
        if (parameters["id_token_hint"] is { } hint)
        {
            // An expired hint still says who asks.
            if (realm.Reader.ReadSigned(hint, RealmTokenTypes.Id) is not { } claims
                || realm.Model.FindClient(claims.Text("azp")) is not { } hinted
                || (parameters["client_id"] is { } clientId && clientId != hinted.ClientId))
            {
                throw new PageException("Invalid parameter: id_token_hint");
            }

            client = hinted;
            session = claims.Text("sid");
        }

        return new LogoutRequest(client?.ClientId ?? RoleReader.AccountClient, session, ReadRedirect(client, parameters));
    }

    private static string? ReadRedirect(Client? client, FormParameters parameters)
    {
        if (parameters["post_logout_redirect_uri"] is not { } requested)
        {
            return null;
        }

        if (client is null)
        {
            throw new PageException("Missing parameters: id_token_hint");
        }

        var uri = RedirectUris.ResolvePostLogout(client, requested) ?? throw new PageException("Invalid redirect uri");
        return parameters["state"] is { } state
            ? $"{uri}{(uri.Contains('?') ? '&' : '?')}state={WebUtility.UrlEncode(state)}"
            : uri;
    }
}
