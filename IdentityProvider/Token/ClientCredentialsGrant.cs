using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Token;

/// <summary>A client acts as itself.</summary>
internal sealed class ClientCredentialsGrant : IGrant
{
    public string Type => GrantTypes.ClientCredentials;

    public JsonObject Handle(TokenRequest request)
    {
        var client = request.Client;
        if (client.Public)
        {
            throw new OAuthException(401, Errors.UnauthorizedClient, "Public client not allowed to retrieve service account");
        }

        if (!client.ServiceAccounts || request.Realm.Model.FindServiceAccount(client) is not { } account)
        {
            throw new OAuthException(401, Errors.UnauthorizedClient, "Client not enabled to retrieve service account");
        }

        var scopes = request.ResolveScopes(request.Scope);
        if (!account.Enabled)
        {
            throw OAuthException.InvalidRequest("User 'service account' disabled");
        }

        var resource = ResourceIndicator.Read(request.Realm, request.Form);
        var address = RemoteAddress(request.Context);
        return TokenAnswer.WithoutRefresh(request.Realm, new TokenSubject
        {
            Client = client,
            User = account,
            Scopes = scopes.For(account),
            Grant = "cc",
            Resource = resource,
            ResourceAudience = resource is null ? null : ResourceIndicator.Audience(request.Realm, resource),
            KeyThumbprint = request.KeyThumbprint,
            Notes = new Dictionary<string, string>
            {
                ["client_id"] = client.ClientId,
                ["clientHost"] = address,
                ["clientAddress"] = address,
            },
        });
    }

    private static string RemoteAddress(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
    }
}
