using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Sessions;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Token;

/// <summary>Keycloak's standard token exchange (RFC 8693): a client that a token is for gets one of its own for the same person.</summary>
internal sealed class TokenExchangeGrant : IGrant
{
    private const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
    private const string IdToken = "urn:ietf:params:oauth:token-type:id_token";

    private static readonly string[] Legacy = ["requested_subject", "subject_issuer", "requested_issuer"];

    public string Type => GrantTypes.TokenExchange;

    public JsonObject Handle(TokenRequest request)
    {
        var (realm, client) = (request.Realm, request.Client);
        if (client.Public || !client.TokenExchange)
        {
            throw OAuthException.InvalidRequest("Standard token exchange is not enabled for the requested client");
        }

        var wanted = CheckParameters(request);
        var subject = ReadSubject(request);
        var filter = ReadAudience(request);
        var scopes = request.ResolveScopes(request.Scope).For(subject.User);
        if (client.ConsentRequired && realm.Consents.Missing(subject.User, client, scopes.Scopes, askAgain: false).Count > 0)
        {
            throw new OAuthException(400, Errors.InvalidScope, $"Missing consents for Token Exchange in client {client.ClientId}");
        }

        return Answer(realm, wanted, filter, new TokenSubject
        {
            Client = client,
            User = subject.User,
            Scopes = scopes,
            Session = Attach(realm, client, subject),
            AuthenticationContext = subject.ClientSession?.AuthenticationContext ?? "1",
            Grant = "te",
            SessionKind = subject.Session is null ? null : "nt",
            AudienceFilter = filter is null ? null : new HashSet<string> { filter },
            KeyThumbprint = request.KeyThumbprint,
        });
    }

    private static string CheckParameters(TokenRequest request)
    {
        var form = request.Form;
        if (Legacy.FirstOrDefault(name => form[name] is not null) is { } legacy)
        {
            throw OAuthException.InvalidRequest($"Parameter '{legacy}' is not supported for standard token exchange");
        }

        foreach (var name in (ReadOnlySpan<string>)["subject_token", "subject_token_type"])
        {
            if (form[name] is null)
            {
                throw OAuthException.InvalidRequest($"Parameter '{name}' required for standard token exchange");
            }
        }

        if (form["subject_token_type"] != AccessToken)
        {
            throw OAuthException.InvalidRequest("Parameter 'subject_token' supports access tokens only");
        }

        return form["requested_token_type"] switch
        {
            null or AccessToken => AccessToken,
            IdToken => IdToken,
            _ => throw OAuthException.InvalidRequest("requested_token_type unsupported"),
        };
    }

    private static VerifiedToken ReadSubject(TokenRequest request)
    {
        var verdict = request.Realm.Reader.Read(request.Form["subject_token"]!, RealmTokenTypes.Bearer, RealmTokenTypes.DPoP);
        if (verdict.Token is not { } subject)
        {
            throw OAuthException.InvalidRequest("Invalid token");
        }

        return subject.Client.ClientId == request.Client.ClientId || subject.Claims.Texts("aud").Contains(request.Client.ClientId)
            ? subject
            : throw new OAuthException(403, Errors.AccessDenied, "Client is not within the token audience");
    }

    private static string? ReadAudience(TokenRequest request)
        => request.Form["audience"] is not { } audience || request.Realm.Model.FindClient(audience) is not null
            ? request.Form["audience"]
            : throw new OAuthException(400, Errors.InvalidClient, "Audience not found");

    private static UserSession? Attach(RealmRuntime realm, Client client, VerifiedToken subject)
    {
        subject.Session?.Clients.GetOrAdd(client.ClientId, clientId => new ClientSession
        {
            ClientId = clientId,
            Started = realm.Clock.GetUtcNow(),
            AuthenticationContext = subject.ClientSession!.AuthenticationContext,
        });
        return subject.Session;
    }

    private static JsonObject Answer(RealmRuntime realm, string wanted, string? audience, TokenSubject subject)
    {
        var access = realm.Tokens.Access(subject);
        if (audience is not null && !access.Audience.Contains(audience))
        {
            throw OAuthException.InvalidRequest($"Requested audience not available: {audience}");
        }

        var answer = TokenAnswer.Write(realm, subject, access, null, withId: subject.Scopes.OpenId && wanted == AccessToken);
        if (wanted == IdToken)
        {
            answer["access_token"] = realm.Tokens.Id(subject, accessToken: null);
            answer["token_type"] = "N_A";
        }

        answer["issued_token_type"] = wanted;
        return answer;
    }
}
