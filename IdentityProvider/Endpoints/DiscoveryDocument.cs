using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Endpoints;

/// <summary>
/// Every field of Keycloak 26.7.3, so that a client which reads one finds it. The algorithm lists name what
/// Keycloak names; this provider signs with RS256.
/// </summary>
internal static class DiscoveryDocument
{
    private static readonly string[] Asymmetric = ["PS384", "RS384", "EdDSA", "ES384", "ES256", "RS256", "ES512", "PS256", "PS512", "RS512"];
    private static readonly string[] Signing = ["PS384", "RS384", "EdDSA", "ES384", "HS256", "HS512", "ES256", "RS256", "HS384", "ES512", "PS256", "PS512", "RS512"];
    private static readonly string[] SigningOrNone = [.. Signing, "none"];
    private static readonly string[] KeyEncryption = ["ECDH-ES+A256KW", "ECDH-ES+A192KW", "ECDH-ES+A128KW", "RSA-OAEP", "RSA-OAEP-256", "RSA1_5", "ECDH-ES"];
    private static readonly string[] ContentEncryption = ["A256GCM", "A192GCM", "A128GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"];
    private static readonly string[] ClientAuthentication = ["private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth", "client_secret_jwt"];

    public static JsonObject Create(RealmRuntime realm)
    {
        var urls = realm.Urls;
        var document = new JsonObject
        {
            ["issuer"] = urls.Issuer,
            ["authorization_endpoint"] = $"{urls.Protocol}/auth",
            ["token_endpoint"] = urls.Token,
            ["introspection_endpoint"] = $"{urls.Token}/introspect",
            ["userinfo_endpoint"] = $"{urls.Protocol}/userinfo",
            ["end_session_endpoint"] = $"{urls.Protocol}/logout",
            ["frontchannel_logout_session_supported"] = true,
            ["frontchannel_logout_supported"] = true,
            ["jwks_uri"] = $"{urls.Protocol}/certs",
            ["check_session_iframe"] = $"{urls.Protocol}/login-status-iframe.html",
            ["grant_types_supported"] = List(
                "authorization_code", "client_credentials", "implicit", "password", "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:uma-ticket",
                "urn:openid:params:grant-type:ciba"),
            ["acr_values_supported"] = List("0", "1"),
            ["response_types_supported"] = List("code", "none", "id_token", "token", "id_token token", "code id_token", "code token", "code id_token token"),
            ["subject_types_supported"] = List("public", "pairwise"),
            ["prompt_values_supported"] = List("none", "login", "consent"),
            ["response_modes_supported"] = List("query", "fragment", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt"),
            ["registration_endpoint"] = urls.Registration,
            ["claims_supported"] = List(
                "iss", "sub", "aud", "exp", "iat", "auth_time", "name", "given_name", "family_name", "preferred_username", "email", "acr", "azp", "nonce"),
            ["claim_types_supported"] = List("normal"),
            ["claims_parameter_supported"] = true,
            ["scopes_supported"] = List([ClientScope.OpenId, .. realm.Model.Scopes.Select(scope => scope.Name)]),
            ["request_parameter_supported"] = true,
            ["request_uri_parameter_supported"] = true,
            ["require_request_uri_registration"] = true,
            ["code_challenge_methods_supported"] = List("plain", "S256"),
            ["tls_client_certificate_bound_access_tokens"] = true,
            ["revocation_endpoint"] = $"{urls.Protocol}/revoke",
            ["backchannel_logout_supported"] = true,
            ["backchannel_logout_session_supported"] = true,
            ["device_authorization_endpoint"] = $"{urls.Protocol}/auth/device",
            ["backchannel_token_delivery_modes_supported"] = List("poll", "ping"),
            ["backchannel_authentication_endpoint"] = $"{urls.Protocol}/ext/ciba/auth",
            ["require_pushed_authorization_requests"] = false,
            ["pushed_authorization_request_endpoint"] = $"{urls.Protocol}/ext/par/request",
            ["mtls_endpoint_aliases"] = Aliases(urls),
            ["authorization_response_iss_parameter_supported"] = true,
        };
        if (realm.Features.Contains(Features.ClientIdMetadata))
        {
            document["client_id_metadata_document_supported"] = true;
        }

        AddAlgorithms(document);
        return document;
    }

    private static void AddAlgorithms(JsonObject document)
    {
        foreach (var owner in (ReadOnlySpan<string>)["id_token", "userinfo", "request_object", "authorization"])
        {
            document[$"{owner}_signing_alg_values_supported"] = List(owner is "userinfo" or "request_object" ? SigningOrNone : Signing);
            document[$"{owner}_encryption_alg_values_supported"] = List(KeyEncryption);
            document[$"{owner}_encryption_enc_values_supported"] = List(ContentEncryption);
        }

        foreach (var endpoint in (ReadOnlySpan<string>)["token", "introspection", "revocation"])
        {
            document[$"{endpoint}_endpoint_auth_methods_supported"] = List(ClientAuthentication);
            document[$"{endpoint}_endpoint_auth_signing_alg_values_supported"] = List(Signing);
        }

        document["dpop_signing_alg_values_supported"] = List(Asymmetric);
        document["backchannel_authentication_request_signing_alg_values_supported"] = List(Asymmetric);
    }

    private static JsonObject Aliases(RealmUrls urls) => new()
    {
        ["token_endpoint"] = urls.Token,
        ["revocation_endpoint"] = $"{urls.Protocol}/revoke",
        ["introspection_endpoint"] = $"{urls.Token}/introspect",
        ["device_authorization_endpoint"] = $"{urls.Protocol}/auth/device",
        ["registration_endpoint"] = urls.Registration,
        ["userinfo_endpoint"] = $"{urls.Protocol}/userinfo",
        ["pushed_authorization_request_endpoint"] = $"{urls.Protocol}/ext/par/request",
        ["backchannel_authentication_endpoint"] = $"{urls.Protocol}/ext/ciba/auth",
    };

    private static JsonArray List(params IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
