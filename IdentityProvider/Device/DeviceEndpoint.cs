using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Token;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Device;

/// <summary>The device authorization endpoint (RFC 8628).</summary>
internal static class DeviceEndpoint
{
    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var form = (await FormParameters.ReadAsync(context)).WithoutLongOnes();
        try
        {
            CrossOrigin.AllowAny(context);
            var client = await ClientAuthenticator.AuthenticateAsync(context, realm, form);
            CrossOrigin.Require(context, client);
            if (!client.DeviceFlow)
            {
                throw new OAuthException(400, Errors.UnauthorizedClient,
                    "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.");
            }

            if (form.HasDuplicates)
            {
                throw OAuthException.InvalidGrant("duplicated parameter");
            }

            await AnswerAsync(context, realm, client, form);
        }
        catch (OAuthException e)
        {
            await context.Json(e.Status, Answers.Describe(e));
        }
    }

    private static Task AnswerAsync(HttpContext context, RealmRuntime realm, Client client, FormParameters form)
    {
        var request = new AuthorizationRequest
        {
            ClientId = client.ClientId,
            RedirectUri = "",
            Scope = form["scope"],
            Nonce = form["nonce"],
            CodeChallenge = form["code_challenge"],
            CodeChallengeMethod = form["code_challenge_method"],
            Resource = ResourceIndicator.Read(realm, form),
        };
        if (AuthorizationRequestReader.CheckProofKey(client, request) is { } problem)
        {
            return context.Json(StatusCodes.Status400BadRequest, Answers.Describe(Errors.InvalidRequest, problem), Answers.NoStorePage);
        }

        var grant = realm.Devices.Add(request.CodeChallenge is not null && request.CodeChallengeMethod is null
            ? request with { CodeChallengeMethod = ProofKey.Plain }
            : request);
        var answer = new JsonObject
        {
            ["device_code"] = grant.DeviceCode,
            ["user_code"] = grant.ShownUserCode,
            ["verification_uri"] = realm.Urls.Device,
            ["verification_uri_complete"] = $"{realm.Urls.Device}?user_code={grant.ShownUserCode}",
            ["expires_in"] = realm.Settings.DeviceCodeLifespan,
            ["interval"] = realm.Settings.DevicePollingInterval,
        };
        return context.Json(StatusCodes.Status200OK, answer, Answers.NoStorePage);
    }
}
