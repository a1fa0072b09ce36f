using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Device;
using McpAspire.IdentityProvider.Endpoints;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Token;

/// <summary>A device asks whether its person has said yes (RFC 8628).</summary>
internal sealed class DeviceCodeGrant : IGrant
{
    public string Type => GrantTypes.DeviceCode;

    public JsonObject Handle(TokenRequest request)
    {
        var (realm, client) = (request.Realm, request.Client);
        if (!client.DeviceFlow)
        {
            throw OAuthException.InvalidGrant("Client not allowed OAuth 2.0 Device Authorization Grant");
        }

        var deviceCode = request.Form["device_code"] ?? throw OAuthException.InvalidRequest("Missing parameter: device_code");
        var grant = Poll(request, deviceCode);
        ProofKey.Verify(grant.CodeChallenge, grant.CodeChallengeMethod, request.Form["code_verifier"]);
        if (realm.Sessions.Find(grant.SessionId) is not { } session || !session.Clients.TryGetValue(client.ClientId, out var clientSession)
            || realm.Model.FindUser(session.UserId) is not { Enabled: true } user)
        {
            throw OAuthException.InvalidGrant("Session not active");
        }

        return AuthorizationCodeGrant.Issue(request, session, clientSession, user, grant.Scope, grant.Nonce, "dg", grant.Resource);
    }

    /// <summary>The grant, when its person has said yes and nobody else has taken it.</summary>
    private static DeviceGrant Poll(TokenRequest request, string deviceCode)
    {
        var realm = request.Realm;
        if (realm.Devices.FindByDevice(deviceCode) is not { } grant)
        {
            throw OAuthException.InvalidGrant("Device code not valid");
        }

        if (grant.ClientId != request.Client.ClientId)
        {
            throw OAuthException.InvalidGrant("unauthorized client");
        }

        var now = realm.Clock.GetUtcNow();
        if (grant.Expires <= now)
        {
            throw new OAuthException(400, Errors.ExpiredToken, "Device code is expired");
        }

        if (!grant.Poll(now, TimeSpan.FromSeconds(realm.Settings.DevicePollingInterval)))
        {
            throw new OAuthException(400, Errors.SlowDown, "Slow down");
        }

        if (grant.IsDenied)
        {
            throw new OAuthException(400, Errors.AccessDenied, "The end user denied the authorization request");
        }

        if (grant.IsOpen)
        {
            throw new OAuthException(400, Errors.AuthorizationPending, "The authorization request is still pending");
        }

        return realm.Devices.Take(deviceCode) ?? throw OAuthException.InvalidGrant("Device code not valid");
    }
}
