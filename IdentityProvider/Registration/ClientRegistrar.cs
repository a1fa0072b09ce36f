using System.Security.Cryptography;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>Makes a client of what it says about itself. It gets no roles in its tokens, whoever uses it.</summary>
internal static class ClientRegistrar
{
    private const string SecretCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static Client Build(RealmRuntime realm, string clientId, ClientMetadata metadata, bool anonymous)
    {
        var model = realm.Model;
        var isPublic = metadata.AuthMethod == "none";
        var usesSecret = metadata.AuthMethod.StartsWith("client_secret", StringComparison.Ordinal);
        return new Client
        {
            Id = Tokens.RandomId.Uuid(),
            ClientId = clientId,
            Name = metadata.Name,
            Registered = true,
            Public = isPublic,
            Authenticator = metadata.AuthMethod == "private_key_jwt" ? "client-jwt" : "client-secret",
            Secret = usesSecret ? RandomNumberGenerator.GetString(SecretCharacters, 32) : null,
            StandardFlow = metadata.UsesCode,
            ServiceAccounts = !isPublic && metadata.UsesClientCredentials,
            ConsentRequired = anonymous && model.Registration.ConsentRequired,
            FullScopeAllowed = false,
            RedirectUris = metadata.RedirectUris,
            WebOrigins = ["+"],
            Attributes = Attributes(metadata),
            DefaultScopes = model.DefaultScopes,
            OptionalScopes = Optional(model, metadata.Scope, anonymous ? model.Registration.AnonymousScopes : model.Registration.AuthenticatedScopes),
        };
    }

    private static IReadOnlyDictionary<string, string> Attributes(ClientMetadata metadata)
    {
        var attributes = new Dictionary<string, string>
        {
            ["post.logout.redirect.uris"] = "+",
            ["use.refresh.tokens"] = metadata.UsesRefreshTokens ? "true" : "false",
            ["token.endpoint.auth.method"] = metadata.AuthMethod,
            ["dpop.bound.access.tokens"] = metadata.DPoPBound ? "true" : "false",
            ["require.pushed.authorization.requests"] = metadata.RequirePushed ? "true" : "false",
        };
        if (metadata.Jwks is { } jwks)
        {
            attributes["jwks.string"] = jwks;
        }

        if (metadata.JwksUri is { } uri)
        {
            attributes["jwks.url"] = uri;
            attributes["use.jwks.url"] = "true";
        }

        return attributes;
    }

    /// <summary>The scopes asked for, or all that the realm gives by default; any other is refused.</summary>
    private static IReadOnlyList<ClientScope> Optional(RealmModel model, string? scope, IReadOnlyList<string> alsoAllowed)
    {
        if (string.IsNullOrWhiteSpace(scope))
        {
            return model.DefaultOptionalScopes;
        }

        var allowed = model.DefaultScopes.Concat(model.DefaultOptionalScopes).Concat(model.Scopes.Where(known => alsoAllowed.Contains(known.Name))).ToList();
        var asked = scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => allowed.Find(known => known.Name == name) ?? throw TrustedHosts.Rejected("Allowed Client Scopes", "Not permitted to use specified clientScope"));
        return [.. asked.Distinct().Except(model.DefaultScopes)];
    }
}
