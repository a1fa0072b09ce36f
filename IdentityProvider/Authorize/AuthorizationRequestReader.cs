using System.Globalization;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Par;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Token;
using McpAspire.IdentityProvider.Tokens;
using Microsoft.Extensions.Primitives;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Authorize;

/// <summary>Reads and checks an authorization request, in Keycloak's order.</summary>
internal static class AuthorizationRequestReader
{
    private static readonly HashSet<string> ResponseParts = ["code", "token", "id_token", "none"];

    public static (Client Client, AuthorizationRequest Request) Read(RealmRuntime realm, FormParameters parameters, bool checksPushed = true)
    {
        parameters = parameters.WithoutLongOnes();
        var pushedId = TakePushed(realm, ref parameters);
        var client = FindClient(realm, parameters);
        if (pushedId is null && checksPushed && client.Is("require.pushed.authorization.requests"))
        {
            throw new PageException("Pushed Authorization Request is only allowed.");
        }

        var maxAge = ReadMaxAge(parameters);
        if (RedirectUris.Resolve(client, parameters["redirect_uri"]) is not { } redirectUri)
        {
            throw new PageException("Invalid parameter: redirect_uri");
        }

        var request = new AuthorizationRequest
        {
            ClientId = client.ClientId,
            RedirectUri = redirectUri,
            ResponseType = parameters["response_type"] ?? "",
            ResponseMode = ReadMode(parameters),
            Scope = parameters["scope"],
            State = parameters["state"],
            Nonce = parameters["nonce"],
            Prompt = parameters["prompt"],
            MaxAge = maxAge,
            LoginHint = parameters["login_hint"],
            CodeChallenge = parameters["code_challenge"],
            CodeChallengeMethod = parameters["code_challenge_method"],
            Claims = parameters["claims"],
            Resource = ResourceIndicator.Read(realm, parameters),
            KeyThumbprint = parameters["dpop_jkt"],
            PushedRequest = pushedId,
        };
        CheckResponse(client, request, parameters);
        if (parameters.HasDuplicates)
        {
            throw new AuthorizationException(request, Errors.InvalidRequest, "duplicated parameter");
        }

        if (request.Resource is { } resource && !ResourceIndicator.IsWellFormed(resource))
        {
            throw new AuthorizationException(request, Errors.InvalidTarget, ResourceIndicator.Invalid);
        }

        if (GrantedScopes.Resolve(client, request.Scope) is null)
        {
            throw new AuthorizationException(request, Errors.InvalidScope, $"Invalid scopes: {request.Scope}");
        }

        if (CheckProofKey(client, request) is { } problem)
        {
            throw new AuthorizationException(request, Errors.InvalidRequest, problem);
        }

        return (client, request.CodeChallenge is not null && request.CodeChallengeMethod is null
            ? request with { CodeChallengeMethod = ProofKey.Plain }
            : request);
    }

    /// <summary>What is wrong with the code challenge for this client; null when it is fine.</summary>
    public static string? CheckProofKey(Client client, AuthorizationRequest request)
    {
        var (challenge, method) = (request.CodeChallenge, request.CodeChallengeMethod);
        if (client.RequiredChallengeMethod is { } required)
        {
            return method is null ? "Missing parameter: code_challenge_method"
                : method != required ? "Invalid parameter: code challenge method is not matching the configured one"
                : challenge is null ? "Missing parameter: code_challenge"
                : ProofKey.IsWellFormed(challenge) ? null : "Invalid parameter: code_challenge";
        }

        return method is not null and not ProofKey.S256 and not ProofKey.Plain ? "Invalid parameter: code_challenge_method"
            : challenge is null && method is not null ? "Missing parameter: code_challenge"
            : challenge is null || ProofKey.IsWellFormed(challenge) ? null : "Invalid parameter: code_challenge";
    }

    /// <summary>Replaces a reference to a pushed request by that request.</summary>
    private static string? TakePushed(RealmRuntime realm, ref FormParameters parameters)
    {
        if (!PushedRequest.IsPushed(parameters["request_uri"]))
        {
            return null;
        }

        var id = parameters["request_uri"]![PushedRequest.Prefix.Length..];
        if (realm.PushedRequests.Find(id) is not { } pushed || pushed.ClientId != parameters["client_id"] || parameters.IsDuplicate("client_id"))
        {
            throw new PageException("Invalid Request");
        }

        parameters = new FormParameters(pushed.Parameters.Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value))));
        return id;
    }

    private static Client FindClient(RealmRuntime realm, FormParameters parameters)
    {
        if (parameters["client_id"] is not { } clientId || parameters.IsDuplicate("client_id")
            || parameters["request"] is not null || parameters["request_uri"] is not null)
        {
            throw new PageException("Invalid Request");
        }

        return realm.Model.FindClient(clientId) switch
        {
            null => throw new PageException("Client not found."),
            { Enabled: false } => throw new PageException("Client disabled."),
            { } client => client,
        };
    }

    private static int? ReadMaxAge(FormParameters parameters)
        => parameters["max_age"] is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds
            : throw new PageException("Invalid Request");

    private static string ReadMode(FormParameters parameters)
    {
        var parts = (parameters["response_type"] ?? "").Split(' ');
        var fragment = parts.Contains("token") || parts.Contains("id_token");
        return parameters["response_mode"] switch
        {
            null => fragment ? ResponseModes.Fragment : ResponseModes.Query,
            ResponseModes.Jwt => fragment ? ResponseModes.FragmentJwt : ResponseModes.QueryJwt,
            { } mode => ResponseModes.All.Contains(mode) ? mode : ResponseModes.Query,
        };
    }

    private static void CheckResponse(Client client, AuthorizationRequest request, FormParameters parameters)
    {
        if (parameters["response_type"] is null)
        {
            throw new AuthorizationException(request, Errors.InvalidRequest, "Missing parameter: response_type");
        }

        var parts = request.ResponseType.Split(' ');
        if (!parts.All(ResponseParts.Contains) || (parts.Contains("none") && parts.Length > 1))
        {
            throw new AuthorizationException(request, Errors.UnsupportedResponseType, null);
        }

        if (parameters["response_mode"] is { } mode && !ResponseModes.All.Contains(mode))
        {
            throw new AuthorizationException(request, Errors.InvalidRequest, "Invalid parameter: response_mode");
        }

        if (parts.Contains("token") || parts.Contains("id_token"))
        {
            throw new AuthorizationException(request, Errors.UnauthorizedClient, Refused("Implicit"));
        }

        if (!client.StandardFlow)
        {
            throw new AuthorizationException(request, Errors.UnauthorizedClient, Refused("Standard"));
        }
    }

    private static string Refused(string flow)
        => $"Client is not allowed to initiate browser login with given response_type. {flow} flow is disabled for the client.";
}
