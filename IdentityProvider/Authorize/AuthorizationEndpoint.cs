using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Pages;

namespace McpAspire.IdentityProvider.Authorize;

/// <summary>The authorization endpoint: where the browser arrives.</summary>
internal static class AuthorizationEndpoint
{
    public static async Task HandleAsync(HttpContext context, RealmRuntime realm)
    {
        var parameters = HttpMethods.IsPost(context.Request.Method)
            ? await FormParameters.ReadAsync(context)
            : FormParameters.FromQuery(context.Request);
        try
        {
            await realm.Cimd.EnsureAsync(parameters["client_id"], parameters["redirect_uri"], context.RequestAborted);
            var (client, request) = AuthorizationRequestReader.Read(realm, parameters);
            await SignIn.StartAsync(context, realm, client, request);
        }
        catch (PageException e)
        {
            await ErrorPage.WriteAsync(context, realm, e.Message);
        }
        catch (AuthorizationException e)
        {
            await AuthorizationResponse.ErrorAsync(context, realm, e);
        }
    }
}
