using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Par;

/// <summary>Takes an authorization request from the client itself, so that the browser carries only a reference.</summary>
internal static class PushedRequestEndpoint
{
    private static readonly HashSet<string> Kept =
    [
        Parameters.ClientId, Parameters.RedirectUri, Parameters.ResponseType, Parameters.ResponseMode, Parameters.Scope, Parameters.State, Parameters.Nonce,
        Parameters.Prompt, Parameters.MaxAge, Parameters.LoginHint, Parameters.CodeChallenge, Parameters.CodeChallengeMethod, Parameters.Claims,
        Parameters.Resource, Parameters.Request, "dpop_jkt",
    ];

    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var form = await FormParameters.ReadAsync(context);
        try
        {
            await context.Json(StatusCodes.Status201Created, await PushAsync(context, realm, form));
        }
        catch (ClientAuthenticationException)
        {
            await context.Json(StatusCodes.Status401Unauthorized, Answers.Describe(Errors.InvalidRequest, "Authentication failed."));
        }
        catch (OAuthException e)
        {
            await context.Json(e.Status, Answers.Describe(e));
        }
    }

    private static async Task<JsonObject> PushAsync(HttpContext context, RealmRuntime realm, FormParameters form)
    {
        var client = await ClientAuthenticator.AuthenticateAsync(context, realm, form);
        if (form["request_uri"] is not null)
        {
            throw OAuthException.InvalidRequest("It is not allowed to include request_uri to PAR.");
        }

        if (form.HasDuplicates)
        {
            throw OAuthException.InvalidRequest("duplicated parameter");
        }

        var parameters = form.WithoutLongOnes().Merge(new Dictionary<string, string> { ["client_id"] = client.ClientId });
        Check(realm, parameters);
        var id = RandomId.Uuid();
        realm.PushedRequests.Set(id, new PushedRequest(client.ClientId, Keep(parameters)), TimeSpan.FromSeconds(realm.Settings.PushedRequestLifespan));
        return new JsonObject { ["request_uri"] = PushedRequest.Prefix + id, ["expires_in"] = realm.Settings.PushedRequestLifespan };
    }

    private static void Check(RealmRuntime realm, FormParameters parameters)
    {
        try
        {
            AuthorizationRequestReader.Read(realm, parameters, checksPushed: false);
        }
        catch (PageException e)
        {
            throw OAuthException.InvalidRequest(e.Message);
        }
        catch (AuthorizationException e)
        {
            throw OAuthException.InvalidRequest(e.Error == Errors.UnsupportedResponseType ? "Unsupported response type" : e.Description ?? e.Error);
        }
    }

    /// <summary>Neither the client's credentials nor what nobody will read.</summary>
    private static IReadOnlyDictionary<string, string> Keep(FormParameters parameters)
        => parameters.ToDictionary().Where(pair => Kept.Contains(pair.Key)).ToDictionary();
}
