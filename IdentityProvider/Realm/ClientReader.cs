using McpAspire.IdentityProvider.Clients;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>Reads <c>clients</c>.</summary>
internal sealed class ClientReader(
    IReadOnlyList<ClientScope> scopes, IReadOnlyList<string> defaults, IReadOnlyList<string> optionals, ILookup<string, Role> scopeRoles)
{
    /// <summary>Attributes that make a client stricter in ways that are not built here: leaving them out would weaken it.</summary>
    private static readonly Dictionary<string, Func<string, bool>> Strengthening = new()
    {
        ["tls.client.certificate.bound.access.tokens"] = value => value == "true",
        ["request.object.required"] = value => value is not ("" or "not required"),
        ["minimum.acr.value"] = value => value.Length > 0,
        ["client_credentials.use_refresh_token"] = value => value == "true",
        ["client.session.idle.timeout"] = value => value.Length > 0,
        ["client.session.max.lifespan"] = value => value.Length > 0,
    };

    private static readonly HashSet<string> Known =
    [
        "pkce.code.challenge.method", "oauth2.device.authorization.grant.enabled", "post.logout.redirect.uris",
        "standard.token.exchange.enabled", "resource_url", "access.token.lifespan", "jwks.string", "use.jwks.string",
        "use.jwks.url", "jwks.url", "dpop.bound.access.tokens", "require.pushed.authorization.requests",
        "token.endpoint.auth.signing.alg", "realm_client", "backchannel.logout.session.required", "display.on.consent.screen",
        "client.secret.creation.time", "oidc.ciba.grant.enabled", "backchannel.logout.revoke.offline.tokens", "client_uri", "logo_uri", "policy_uri", "tos_uri",
        "acr.loa.map", "use.refresh.tokens", "consent.screen.text", "logoUri", "policyUri", "tosUri",
    ];

    public Client Read(RealmNode node)
    {
        var clientId = node.RequiredString("clientId");
        RefuseWeakening(node);
        var isPublic = node.Bool("publicClient", false);
        var bearerOnly = node.Bool("bearerOnly", false);
        var serviceAccounts = node.Bool("serviceAccountsEnabled", false) && !bearerOnly;
        var client = new Client
        {
            Id = node.String("id") ?? StableId.For("client", clientId),
            ClientId = clientId,
            Name = Readable(node.String("name")),
            Enabled = node.Bool("enabled", true),
            Public = isPublic,
            Authenticator = ReadAuthenticator(node),
            Secret = node.String("secret"),
            StandardFlow = node.Bool("standardFlowEnabled", true) && !bearerOnly,
            DirectAccessGrants = node.Bool("directAccessGrantsEnabled", false),
            ServiceAccounts = !isPublic && serviceAccounts,
            ConsentRequired = node.Bool("consentRequired", false),
            FullScopeAllowed = node.Bool("fullScopeAllowed", true),
            BaseUrl = Readable(node.String("baseUrl")),
            RedirectUris = node.Strings("redirectUris"),
            WebOrigins = node.Strings("webOrigins"),
            Attributes = ReadAttributes(node),
            DefaultScopes = FindScopes(node, "defaultClientScopes", defaults),
            OptionalScopes = FindScopes(node, "optionalClientScopes", optionals),
            Mappers = MapperReader.Read(node),
            ScopeRoles = [.. scopeRoles[clientId]],
        };
        RequireKeys(node, client);
        if (client.DirectAccessGrants)
        {
            node.Report.Ignore($"{node.Join("directAccessGrantsEnabled")} (the password grant)");
        }

        node.Skip("description", "protocol", "rootUrl", "adminUrl", "surrogateAuthRequired", "frontchannelLogout", "nodeReRegistrationTimeout", "notBefore", "access", "alwaysDisplayInConsole", "type");
        node.Finish();
        return client;
    }

    /// <summary>A client that signs needs a key to be checked with; a certificate is not read.</summary>
    private static void RequireKeys(RealmNode node, Client client)
    {
        if (client is not { Authenticator: "client-jwt", Public: false, Enabled: true })
        {
            return;
        }

        if (ClientKeys.AreFetched(client) ? !ClientKeys.IsAddress(client.Attribute("jwks.url")) : client.Attribute("jwks.string") is null)
        {
            throw node.Report.Refuse(
                node.Join("attributes"), "holds no keys for client-jwt; set use.jwks.url with an http or https address in jwks.url, or the keys themselves in jwks.string.");
        }
    }

    private static string ReadAuthenticator(RealmNode node)
    {
        var authenticator = node.String("clientAuthenticatorType") ?? "client-secret";
        return authenticator is "client-secret" or "client-jwt"
            ? authenticator
            : throw node.Report.Refuse(node.Join("clientAuthenticatorType"), $"is \"{authenticator}\"; allowed are client-secret and client-jwt.");
    }

    private static void RefuseWeakening(RealmNode node)
    {
        if (node.String("protocol") is { } protocol && protocol != "openid-connect")
        {
            throw node.Report.Refuse(node.Join("protocol"), $"is \"{protocol}\"; only openid-connect is supported.");
        }

        if (node.Bool("implicitFlowEnabled", false))
        {
            throw node.Report.Refuse(node.Join("implicitFlowEnabled"), "is true; the implicit flow puts tokens into URLs and is not supported, set it to false.");
        }

        if (node.Bool("authorizationServicesEnabled", false))
        {
            throw node.Report.Refuse(node.Join("authorizationServicesEnabled"), "is true; authorization services are not supported, set it to false.");
        }

        if (node.Map("authenticationFlowBindingOverrides").Count > 0)
        {
            throw node.Report.Refuse(node.Join("authenticationFlowBindingOverrides"), "binds another sign-in flow; only the password form is supported, and ignoring the binding could weaken the sign-in.");
        }
    }

    private static IReadOnlyDictionary<string, string> ReadAttributes(RealmNode node)
    {
        var attributes = node.Map("attributes");
        foreach (var (name, value) in attributes)
        {
            if (Strengthening.TryGetValue(name, out var applies) && applies(value))
            {
                throw node.Report.Refuse(node.Join($"attributes.{name}"), $"is \"{value}\", which is not supported; ignoring it would weaken the client.");
            }

            if (!Strengthening.ContainsKey(name) && !Known.Contains(name))
            {
                node.Report.Ignore(node.Join($"attributes.{name}"));
            }
        }

        return attributes;
    }

    private IReadOnlyList<ClientScope> FindScopes(RealmNode node, string member, IReadOnlyList<string> otherwise)
    {
        var names = node.Has(member) ? node.Strings(member) : otherwise;
        var found = new List<ClientScope>();
        foreach (var name in names)
        {
            if (scopes.FirstOrDefault(scope => scope.Name == name) is { } scope)
            {
                found.Add(scope);
            }
            else
            {
                node.Report.Ignore($"{node.Join(member)} \"{name}\" (no such client scope)");
            }
        }

        return found;
    }

    /// <summary>Names such as <c>${client_account}</c> are keys of Keycloak's messages, not text.</summary>
    private static string? Readable(string? text) => text is null || text.StartsWith("${", StringComparison.Ordinal) ? null : text;
}
