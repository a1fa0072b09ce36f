using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>The second realm file: clients on this machine may register themselves.</summary>
public sealed class RegistrationRealmTests
{
    private const string Callback = "http://127.0.0.1:3000/callback";

    public static string RealmPath => Path.Combine(AppContext.BaseDirectory, "realm-registration", "mcp-realm.json");

    [Fact]
    public void RealmFile_ApartFromRegistration_IsTheShippedOne()
    {
        var second = JsonNode.Parse(File.ReadAllText(RealmPath))!.AsObject();
        second.Remove("clientProfiles");
        second.Remove("clientPolicies");
        second["components"]!.AsObject().Remove("org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(TestRealm.Shipped)), second));
    }

    [Fact]
    public async Task Register_FromThisMachine_CanSignInAndGetsNoRoles()
    {
        await using var provider = await StartAsync();
        var client = await RegisterAsync(provider, Callback);
        Assert.Equal(201, client.Status);

        var browser = new Browser(provider.BaseUrl);
        var url = Flows.AuthorizeUrl(provider.Issuer, client["client_id"], Callback, "openid tickets:read", $"&code_challenge={Flows.Challenge}&code_challenge_method=S256");
        await browser.VisitAsync(url);
        await browser.FollowAsync(await browser.SubmitAsync(("username", "alice"), ("password", "demo-password")));
        var reply = await browser.FollowAsync(await browser.SubmitAsync(("accept", "Yes")));
        var tokens = await Http.PostAsync($"{provider.Issuer}/protocol/openid-connect/token",
            ("grant_type", "authorization_code"), ("code", reply.Parameter("code")), ("redirect_uri", Callback), ("client_id", client["client_id"]), ("code_verifier", Flows.Verifier));

        var claims = TokenClaims.Read(tokens["access_token"]);
        Assert.Contains("tickets:read", (string)claims["scope"]!, StringComparison.Ordinal);
        Assert.Null(claims["realm_access"]);
    }

    /// <summary>Visual Studio Code names all of its addresses at once.</summary>
    [Fact]
    public async Task Register_AddressesOfVisualStudioCode_IsAccepted()
    {
        await using var provider = await StartAsync();
        var client = await RegisterAsync(
            provider, "https://insiders.vscode.dev/redirect", "https://vscode.dev/redirect", "http://127.0.0.1/", "http://127.0.0.1:33418/");
        Assert.Equal(201, client.Status);
        foreach (var redirectUri in (string[])["https://vscode.dev/redirect", "http://127.0.0.1:33418/"])
        {
            var url = Flows.AuthorizeUrl(provider.Issuer, client["client_id"], redirectUri, "openid", $"&code_challenge={Flows.Challenge}&code_challenge_method=S256");
            Assert.Equal(200, (await Http.GetAsync(url)).Status);
        }
    }

    [Theory]
    [InlineData("https://app.example/callback")]
    [InlineData("http://localhost.evil.example/callback")]
    [InlineData("http://10.0.0.1/callback")]
    public async Task Register_ForeignRedirect_IsRefused(string redirectUri)
    {
        await using var provider = await StartAsync();
        var reply = await RegisterAsync(provider, redirectUri);
        Assert.Equal(403, reply.Status);
        Assert.Contains("Trusted Hosts", reply["error_description"], StringComparison.Ordinal);
    }

    private static Task<RunningProvider> StartAsync() => RunningProvider.StartAsync(RealmPath, "--KC_FEATURES=cimd");

    private static Task<Reply> RegisterAsync(RunningProvider provider, params string[] redirectUris)
        => Http.SendAsync(
            "POST", $"{provider.Issuer}/clients-registrations/openid-connect",
            body: new JsonObject { ["client_name"] = "Demo", ["redirect_uris"] = new JsonArray([.. redirectUris.Select(uri => (JsonNode)uri)]), ["token_endpoint_auth_method"] = "none" }.ToJsonString(),
            headers: [new("Content-Type", "application/json")]);
}
