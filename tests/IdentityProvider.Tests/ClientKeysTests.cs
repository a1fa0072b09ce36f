using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Clients;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Contract.Topics;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>private_key_jwt with keys at an address: fetched, remembered, asked for again, and never from where they must not come.</summary>
public sealed class ClientKeysTests : IDisposable
{
    private readonly SignedJwt _first = new();
    private readonly SignedJwt _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Assertion_KeysAtAnAddress_AreFetchedOnce()
    {
        await using var documents = await DocumentServer.StartAsync();
        Serve(documents, ("one", _first));
        await using var provider = await StartAsync(documents);

        Assert.Equal(200, (await AskAsync(provider, _first, "one")).Status);
        Assert.Equal(200, (await AskAsync(provider, _first, null)).Status);
        Assert.Equal(400, (await AskAsync(provider, _second, "one")).Status);
        Assert.Equal(["/keys"], documents.Fetched);
    }

    [Fact]
    public async Task Assertion_KeyUnknownSoFar_IsAskedForAfterAPause()
    {
        await using var documents = await DocumentServer.StartAsync();
        Serve(documents, ("one", _first));
        await using var provider = await StartAsync(documents);
        Assert.Equal(200, (await AskAsync(provider, _first, "one")).Status);

        Serve(documents, ("two", _second));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(400, (await AskAsync(provider, _second, "two")).Status);
        }

        Assert.Single(documents.Fetched);
        provider.Clock.Advance(ClientKeys.Pause + TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await AskAsync(provider, _second, "two")).Status);
        Assert.Equal(400, (await AskAsync(provider, _first, "one")).Status);
        Assert.Equal(2, documents.Fetched.Count);
    }

    [Fact]
    public async Task Assertion_HostSilent_KeysCountUntilTheirTimeIsOver()
    {
        await using var documents = await DocumentServer.StartAsync();
        Serve(documents, ("one", _first));
        await using var provider = await StartAsync(documents);
        Assert.Equal(200, (await AskAsync(provider, _first, "one")).Status);

        documents.Serve("/keys", "", status: 500);
        provider.Clock.Advance(ClientKeys.Lifetime / 2);
        Assert.Equal(400, (await AskAsync(provider, _second, "two")).Status);
        Assert.Equal(200, (await AskAsync(provider, _first, "one")).Status);
        provider.Clock.Advance(ClientKeys.Lifetime / 2);
        Assert.Equal(400, (await AskAsync(provider, _first, "one")).Status);
    }

    [Theory]
    [InlineData("redirect")]
    [InlineData("too large")]
    [InlineData("no JSON")]
    [InlineData("no keys")]
    public async Task Assertion_AnswerThatIsNoKeySet_IsRefused(string answer)
    {
        await using var documents = await DocumentServer.StartAsync();
        Serve(documents, ("one", _first));
        var keys = Keys(("one", _first));
        switch (answer)
        {
            case "redirect":
                documents.Serve("/elsewhere", keys);
                documents.Serve("/keys", "", status: 302, location: $"{documents.BaseUrl}/elsewhere");
                break;
            case "too large":
                documents.Serve("/keys", keys + new string(' ', 64 * 1024));
                break;
            case "no JSON":
                documents.Serve("/keys", "<html>");
                break;
            default:
                documents.Serve("/keys", """{"keys":"none"}""");
                break;
        }

        await using var provider = await StartAsync(documents);
        Assert.Equal(400, (await AskAsync(provider, _first, "one")).Status);
        Assert.Equal(["/keys"], documents.Fetched);
    }

    [Fact]
    public async Task Register_KeysOnATrustedHost_CanSign()
    {
        await using var documents = await DocumentServer.StartAsync();
        Serve(documents, ("one", _first));
        await using var provider = await RunningProvider.StartAsync(RegistrationRealmTests.RealmPath, "--KC_FEATURES=cimd");
        var client = await RegisterAsync(provider, null, $"{documents.BaseUrl}/keys");

        Assert.Equal($"{documents.BaseUrl}/keys", client["jwks_uri"]);
        Assert.Equal(200, (await AskAsync(provider, _first, "one", client["client_id"])).Status);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Register_KeysInsideTheNetworkUnnamed_AreNotFetched(string scheme)
    {
        await using var documents = await DocumentServer.StartAsync();
        Serve(documents, ("one", _first));
        await using var provider = await RunningProvider.StartAsync();
        var token = provider.Realms.Find("mcp")!.Registrations.IssueInitial(1, TimeSpan.FromHours(1));
        var client = await RegisterAsync(provider, token, $"{scheme}://localhost:{new Uri(documents.BaseUrl).Port}/keys");

        Assert.Equal(201, client.Status);
        Assert.Equal(400, (await AskAsync(provider, _first, "one", client["client_id"])).Status);
        Assert.Empty(documents.Fetched);
    }

    [Theory]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("keys", false)]
    [InlineData("http://user:word@localhost/keys", false)]
    [InlineData("http://localhost/keys", true)]
    public async Task Register_UnclearKeys_AreRefused(string address, bool inlineToo)
    {
        await using var provider = await RunningProvider.StartAsync();
        var token = provider.Realms.Find("mcp")!.Registrations.IssueInitial(1, TimeSpan.FromHours(1));
        var reply = await RegisterAsync(provider, token, address, inlineToo ? JsonNode.Parse(Keys(("one", _first))) : null);
        Assert.Equal(400, reply.Status);
        Assert.Equal("invalid_client_metadata", reply["error"]);
    }

    private static Task<RunningProvider> StartAsync(DocumentServer documents)
        => RunningProvider.StartAsync(TestRealm.Variant(realm => realm["clients"]!.AsArray().Add(new JsonObject
        {
            ["clientId"] = "mcp-jwt",
            ["clientAuthenticatorType"] = "client-jwt",
            ["serviceAccountsEnabled"] = true,
            ["attributes"] = new JsonObject { ["use.jwks.url"] = "true", ["jwks.url"] = $"{documents.BaseUrl}/keys" },
        })));

    private static Task<Reply> RegisterAsync(RunningProvider provider, string? token, string address, JsonNode? keys = null)
        => Http.SendAsync(
            "POST", $"{provider.Issuer}/clients-registrations/openid-connect",
            body: new JsonObject
            {
                ["redirect_uris"] = new JsonArray("http://127.0.0.1:3000/callback"),
                ["grant_types"] = new JsonArray("client_credentials"),
                ["token_endpoint_auth_method"] = "private_key_jwt",
                ["jwks_uri"] = address,
                ["jwks"] = keys,
            }.ToJsonString(),
            headers: [new("Content-Type", "application/json"), .. token is null ? [] : new[] { KeyValuePair.Create("Authorization", $"Bearer {token}") }]);

    private static Task<Reply> AskAsync(RunningProvider provider, SignedJwt key, string? keyId, string clientId = "mcp-jwt")
    {
        var header = new JsonObject { ["alg"] = "ES256" };
        if (keyId is not null)
        {
            header["kid"] = keyId;
        }

        var assertion = key.Sign(header, new JsonObject
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = provider.Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["exp"] = provider.Clock.GetUtcNow().ToUnixTimeSeconds() + 60,
        });
        return Http.PostAsync($"{provider.Issuer}/protocol/openid-connect/token",
            ("grant_type", "client_credentials"), ("client_assertion", assertion), ("client_assertion_type", ClientAssertion.Type));
    }

    private static void Serve(DocumentServer documents, params (string Id, SignedJwt Key)[] keys) => documents.Serve("/keys", Keys(keys));

    private static string Keys(params (string Id, SignedJwt Key)[] keys)
        => new JsonObject
        {
            ["keys"] = new JsonArray([.. keys.Select(key =>
            {
                var jwk = key.Key.PublicKey;
                jwk["kid"] = key.Id;
                return (JsonNode)jwk;
            })]),
        }.ToJsonString();
}
