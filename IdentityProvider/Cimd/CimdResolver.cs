using System.Collections.Concurrent;
using System.Text.Json;
using McpAspire.IdentityProvider.Authorize;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Realm;
using McpAspire.IdentityProvider.Registration;

namespace McpAspire.IdentityProvider.Cimd;

/// <summary>Makes a client of the document at its client id, and remembers it for a while.</summary>
internal sealed class CimdResolver(RealmRuntime realm, DocumentFetcher fetcher, int mostClients = 1_000)
{
    private static readonly TimeSpan CacheLifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _fetched = new();

    public bool IsOn => realm.Model.Cimd is not null && realm.Features.Contains(Features.ClientIdMetadata);

    /// <summary>Sees to it that the client is known, when its id is a URL that the realm's policy speaks about.</summary>
    public async Task EnsureAsync(string? clientId, string? redirectUri, CancellationToken cancel)
    {
        if (!IsOn || realm.Model.Cimd is not { } policy || clientId is null
            || !Uri.TryCreate(clientId, UriKind.Absolute, out var uri) || !policy.Concerns(uri)
            || IsFresh(clientId) || realm.Model.FindClient(clientId) is { Registered: false })
        {
            return;
        }

        ClientIdUri.Check(clientId, uri, policy);
        var bytes = await fetcher.FetchAsync(uri, policy.PermittedDomains, cancel) ?? throw FetchFailed();
        var metadata = Validate(policy, clientId, uri, redirectUri, Parse(bytes));
        var id = realm.Model.FindClient(clientId)?.Id ?? StableId.For("cimd", clientId);
        realm.Model.AddClient(Describe(ClientRegistrar.Build(realm, clientId, metadata, anonymous: true), id, uri));
        _fetched[clientId] = realm.Clock.GetUtcNow();
        ForgetOldest();
    }

    /// <summary>A client from before a restart: known, but to be fetched again when it comes.</summary>
    public void Restore(string clientId) => _fetched[clientId] = DateTimeOffset.MinValue;

    private bool IsFresh(string clientId)
        => _fetched.TryGetValue(clientId, out var at) && at + CacheLifetime > realm.Clock.GetUtcNow() && realm.Model.FindClient(clientId) is not null;

    /// <summary>Whoever may serve documents can make up any number of clients; the ones not seen for longest go.</summary>
    private void ForgetOldest()
    {
        while (_fetched.Count > mostClients && _fetched.MinBy(item => item.Value) is var oldest && _fetched.TryRemove(oldest))
        {
            realm.Consents.Forget(oldest.Key);
            if (realm.Model.FindClient(oldest.Key) is { } client)
            {
                realm.Model.RemoveClient(client);
            }
        }
    }

    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            var json = JsonElement.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16 });
            return json.ValueKind == JsonValueKind.Object && json.EnumerateObject().All(member => ClientMetadata.IsKnown(member.Name)) ? json : throw FetchFailed();
        }
        catch (JsonException)
        {
            throw FetchFailed();
        }
    }

    private static ClientMetadata Validate(CimdPolicy policy, string clientId, Uri uri, string? redirectUri, JsonElement json)
    {
        if (!json.TryGetProperty("client_id", out var given) || given.ValueKind != JsonValueKind.String)
        {
            throw Invalid("no client_id.");
        }

        if (given.GetString() != clientId)
        {
            throw Invalid("client_id property does not exactly match client_id parameter.");
        }

        if (json.TryGetProperty("client_secret", out _) || json.TryGetProperty("client_secret_expires_at", out _))
        {
            throw Invalid("client_secret or client_secret_expires_at property in client metadata is must not included.");
        }

        var metadata = Read(json);
        if (redirectUri is null || !RedirectUris.Matches(metadata.RedirectUris, redirectUri))
        {
            throw Invalid("redirect_uri parameter does not exactly match the one of redirect_uris property in client metadata.");
        }

        CheckPolicy(policy, uri, redirectUri, json, metadata);
        return metadata with { Scope = null };
    }

    /// <summary>A secret cannot be shared by a public document: only "none" and private_key_jwt make sense.</summary>
    private static ClientMetadata Read(JsonElement json)
    {
        var method = json.TryGetProperty("token_endpoint_auth_method", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : "none";
        if (method is not ("none" or "private_key_jwt"))
        {
            throw Invalid("token_endpoint_auth_method property in client metadata is not-allowed authentication method..");
        }

        try
        {
            return ClientMetadata.Read(json) with { AuthMethod = method };
        }
        catch (OAuthException)
        {
            throw Invalid("jwks and jwks_uri cannot be used.");
        }
    }

    private static void CheckPolicy(CimdPolicy policy, Uri uri, string redirectUri, JsonElement json, ClientMetadata metadata)
    {
        if (policy.SameDomain
            && (HostOf(redirectUri) != uri.Host || !metadata.RedirectUris.Any(candidate => HostOf(candidate) == uri.Host)))
        {
            throw Invalid("client_id parameter, redirect_uri parameter and at least one of redirect_uris properties in client metadata should be under the same domain.");
        }

        if (!metadata.RedirectUris.Concat(metadata.OtherUris).All(address => HostOf(address) is { } host && policy.Permits(host)))
        {
            throw ClientIdUri.DomainNotAllowed();
        }

        if (policy.OnlyConfidential && metadata.AuthMethod == "none")
        {
            throw Invalid("confidential client is only allowed.");
        }

        if (policy.RequiredProperties.Any(name => !json.TryGetProperty(name, out _)))
        {
            throw Invalid("it does not include all required properties.");
        }

        if (metadata is { AuthMethod: "private_key_jwt", Jwks: null, JwksUri: null })
        {
            throw new PageException("invalid request");
        }
    }

    /// <summary>Consent names the host: the document may call the client what it likes.</summary>
    private static Client Describe(Client client, string id, Uri uri) => client with
    {
        Id = id,
        ConsentRequired = true,
        Attributes = new Dictionary<string, string>(client.Attributes)
        {
            ["display.on.consent.screen"] = "true",
            ["consent.screen.text"] = $"The client's hostname is {uri.Host}",
        },
    };

    private static string? HostOf(string address) => Uri.TryCreate(address.TrimEnd('*'), UriKind.Absolute, out var uri) ? uri.Host : null;

    private static PageException Invalid(string what) => new($"Invalid Client Metadata: {what}");

    private static PageException FetchFailed() => new("Client Metadata fetch failed");
}
