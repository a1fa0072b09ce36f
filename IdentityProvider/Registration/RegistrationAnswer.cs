using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>A registered client as Keycloak describes it; every answer carries the token to use next.</summary>
internal static class RegistrationAnswer
{
    public static JsonObject Describe(RealmRuntime realm, Client client, bool anonymous, bool isNew)
    {
        var answer = new JsonObject
        {
            ["redirect_uris"] = List(client.RedirectUris),
            ["token_endpoint_auth_method"] = client.Attribute("token.endpoint.auth.method"),
            ["grant_types"] = List(GrantTypes(client)),
            ["response_types"] = List(client.StandardFlow ? ["code", "none"] : []),
            ["client_id"] = client.ClientId,
        };
        Add(answer, "client_secret", client.Secret);
        Add(answer, "client_name", client.Name);
        answer["scope"] = string.Join(' ', client.OptionalScopes.Select(scope => scope.Name));
        Add(answer, "jwks_uri", client.Attribute("jwks.url"));
        answer["subject_type"] = "public";
        answer["request_uris"] = new JsonArray();
        answer["tls_client_certificate_bound_access_tokens"] = false;
        answer["dpop_bound_access_tokens"] = client.Is("dpop.bound.access.tokens");
        answer["post_logout_redirect_uris"] = List(client.RedirectUris);
        if (isNew)
        {
            answer["client_id_issued_at"] = realm.Clock.GetUtcNow().ToUnixTimeSeconds();
            if (client.Secret is not null)
            {
                answer["client_secret_expires_at"] = 0;
            }
        }

        answer["registration_client_uri"] = $"{realm.Urls.Registration}/{client.ClientId}";
        answer["registration_access_token"] = realm.Registrations.IssueManagement(client.ClientId, anonymous);
        answer["backchannel_logout_session_required"] = false;
        answer["require_pushed_authorization_requests"] = client.Is("require.pushed.authorization.requests");
        answer["frontchannel_logout_session_required"] = false;
        return answer;
    }

    private static IEnumerable<string> GrantTypes(Client client)
    {
        if (client.StandardFlow)
        {
            yield return "authorization_code";
        }

        if (client.ServiceAccounts)
        {
            yield return "client_credentials";
        }

        if (client.Is("use.refresh.tokens"))
        {
            yield return "refresh_token";
        }
    }

    private static void Add(JsonObject answer, string name, string? value)
    {
        if (value is not null)
        {
            answer[name] = value;
        }
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
