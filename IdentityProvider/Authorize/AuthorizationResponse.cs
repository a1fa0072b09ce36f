using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Pages;
using McpAspire.IdentityProvider.Tokens;

namespace McpAspire.IdentityProvider.Authorize;

/// <summary>Sends an answer to the client's redirect URI in the response mode it asked for.</summary>
internal static class AuthorizationResponse
{
    private const int SignedResponseLifetime = 60;

    public static Task ErrorAsync(HttpContext context, RealmRuntime realm, AuthorizationException e)
    {
        var parameters = new List<(string, string)> { ("error", e.Error) };
        if (e.Description is { } description)
        {
            parameters.Add(("error_description", description));
        }

        if (e.Request.State is { } state)
        {
            parameters.Add(("state", state));
        }

        parameters.Add(("iss", realm.Urls.Issuer));
        return SendAsync(context, realm, e.Request, parameters);
    }

    public static Task SuccessAsync(HttpContext context, RealmRuntime realm, AuthorizationRequest request, string sessionId, string? code)
    {
        var parameters = new List<(string, string)>();
        if (request.State is { } state)
        {
            parameters.Add(("state", state));
        }

        parameters.Add(("session_state", sessionId));
        parameters.Add(("iss", realm.Urls.Issuer));
        if (code is not null)
        {
            parameters.Add(("code", code));
        }

        return SendAsync(context, realm, request, parameters);
    }

    private static Task SendAsync(HttpContext context, RealmRuntime realm, AuthorizationRequest request, List<(string Name, string Value)> parameters)
    {
        if (request.ResponseMode.EndsWith("jwt", StringComparison.Ordinal))
        {
            parameters = [("response", SignResponse(realm, request, parameters))];
        }

        return request.ResponseMode switch
        {
            ResponseModes.FormPost or ResponseModes.FormPostJwt => FormPostPage.WriteAsync(context, request.RedirectUri, parameters),
            ResponseModes.Fragment or ResponseModes.FragmentJwt => context.Redirect($"{WithoutFragment(request.RedirectUri)}#{Encode(parameters)}"),
            _ => context.Redirect(AppendQuery(request.RedirectUri, Encode(parameters))),
        };
    }

    /// <summary>JARM: the whole answer as one signed token.</summary>
    private static string SignResponse(RealmRuntime realm, AuthorizationRequest request, List<(string Name, string Value)> parameters)
    {
        var payload = new JsonObject
        {
            ["exp"] = realm.Clock.GetUtcNow().ToUnixTimeSeconds() + SignedResponseLifetime,
            ["iss"] = realm.Urls.Issuer,
            ["aud"] = request.ClientId,
        };
        foreach (var (name, value) in parameters.Where(parameter => parameter.Name != "iss"))
        {
            payload[name] = value;
        }

        return Jwt.Sign(payload, realm.Keys.Signing);
    }

    private static string Encode(List<(string Name, string Value)> parameters)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            text.Append(text.Length == 0 ? "" : "&").Append(name).Append('=').Append(WebUtility.UrlEncode(value));
        }

        return text.ToString();
    }

    private static string AppendQuery(string uri, string query)
    {
        var bare = WithoutFragment(uri);
        var fragment = uri[bare.Length..];
        return $"{bare}{(bare.Contains('?') ? '&' : '?')}{query}{fragment}";
    }

    private static string WithoutFragment(string uri) => uri.IndexOf('#') is >= 0 and var at ? uri[..at] : uri;
}
