using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.State;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Clients that registered themselves, and the tokens for it, over a restart; tokens handed out without an admin API.</summary>
public sealed class RegistrationRestartTests
{
    private const string Callback = "http://127.0.0.1:3000/callback";

    private readonly int _port = FreePort.Next();
    private readonly string _data = ScratchFolder.New();

    [Fact]
    public async Task Restart_WithDataFolder_KeepsRegisteredClientsAndTheirTokens()
    {
        Reply client;
        Reply tokens;
        Reply latest;
        await using (var first = await StartAsync(RegistrationRealmTests.RealmPath))
        {
            client = await RegisterAsync(first, null);
            tokens = await SignInAsync(first, client["client_id"]);
            latest = await ManageAsync(client["registration_client_uri"], client["registration_access_token"]);
        }

        await using var second = await StartAsync(RegistrationRealmTests.RealmPath);
        var refreshed = await Http.PostAsync(
            $"{second.Issuer}/protocol/openid-connect/token", ("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"]), ("client_id", client["client_id"]));
        Assert.Equal(200, refreshed.Status);
        Assert.Equal(200, (await SignInAsync(second, client["client_id"])).Status);
        Assert.Equal(401, (await ManageAsync(client["registration_client_uri"], client["registration_access_token"])).Status);
        var read = await ManageAsync(client["registration_client_uri"], latest["registration_access_token"]);
        Assert.Equal("Demo", read["client_name"]);
        Assert.Null(TokenClaims.Read(refreshed["access_token"])["realm_access"]);
    }

    [Fact]
    public async Task Restart_AfterDelete_DoesNotBringTheClientBack()
    {
        Reply client;
        await using (var first = await StartAsync(RegistrationRealmTests.RealmPath))
        {
            client = await RegisterAsync(first, null);
            Assert.Equal(204, (await ManageAsync(client["registration_client_uri"], client["registration_access_token"], "DELETE")).Status);
        }

        await using var second = await StartAsync(RegistrationRealmTests.RealmPath);
        Assert.Null(second.Realms.Find("mcp")!.Model.FindClient(client["client_id"]));
    }

    [Fact]
    public async Task InitialAccessToken_OverARestart_KeepsCounting()
    {
        string token;
        await using (var first = await StartAsync(null))
        {
            token = first.Realms.Find("mcp")!.Registrations.IssueInitial(2, TimeSpan.FromHours(1));
            Assert.Equal(201, (await RegisterAsync(first, token)).Status);
        }

        await using var second = await StartAsync(null);
        Assert.Equal(201, (await RegisterAsync(second, token)).Status);
        Assert.Equal(401, (await RegisterAsync(second, token)).Status);
    }

    [Fact]
    public async Task InitialAccessTokenCount_Given_WritesATokenForItsOwnerOnly()
    {
        await using var provider = await StartAsync(null, "--IdentityProvider:InitialAccessTokenCount=1");
        var path = InitialAccessTokenFile.PathOf(_data, "mcp");
        var token = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Equal(201, (await RegisterAsync(provider, token)).Status);
        Assert.Equal(401, (await RegisterAsync(provider, token)).Status);
    }

    [Fact]
    public async Task InitialAccessToken_AfterItsTime_IsRefusedAndForgotten()
    {
        await using var provider = await StartAsync(null);
        var registrations = provider.Realms.Find("mcp")!.Registrations;
        var token = registrations.IssueInitial(5, TimeSpan.FromMinutes(1));
        provider.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(401, (await RegisterAsync(provider, token)).Status);
        registrations.Prune();
        Assert.Empty(registrations.AllInitial);
    }

    [Fact]
    public async Task Restart_WithDataFolder_KeepsMetadataClientsWhileTheFeatureIsOn()
    {
        await using var documents = await DocumentServer.StartAsync();
        var id = $"{documents.BaseUrl}/client.json";
        documents.Serve("/client.json", $$"""{"client_id":"{{id}}","redirect_uris":["{{Callback}}"],"token_endpoint_auth_method":"none"}""");
        Reply tokens;
        await using (var first = await StartAsync(RegistrationRealmTests.RealmPath))
        {
            tokens = await SignInAsync(first, id);
        }

        await using (var second = await StartAsync(RegistrationRealmTests.RealmPath))
        {
            var refreshed = await Http.PostAsync(
                $"{second.Issuer}/protocol/openid-connect/token", ("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"]), ("client_id", id));
            Assert.Equal(200, refreshed.Status);
        }

        await using var third = await StartAsync(null);
        Assert.Null(third.Realms.Find("mcp")!.Model.FindClient(id));
    }

    private Task<RunningProvider> StartAsync(string? realmPath, params string[] more)
        => RunningProvider.StartOnAsync(_port, realmPath, [$"--IdentityProvider:DataPath={_data}", .. realmPath is null ? [] : new[] { "--KC_FEATURES=cimd" }, .. more]);

    private static async Task<Reply> SignInAsync(RunningProvider provider, string clientId)
    {
        var url = Flows.AuthorizeUrl(
            provider.Issuer, Uri.EscapeDataString(clientId), Callback, "openid tickets:read", $"&code_challenge={Flows.Challenge}&code_challenge_method=S256");
        var reply = await Flows.SignInAtAsync(new Browser(provider.BaseUrl), url);
        return await Http.PostAsync($"{provider.Issuer}/protocol/openid-connect/token",
            ("grant_type", "authorization_code"), ("code", reply.Parameter("code")), ("redirect_uri", Callback), ("client_id", clientId), ("code_verifier", Flows.Verifier));
    }

    private static Task<Reply> ManageAsync(string url, string token, string method = "GET")
        => Http.SendAsync(method, url, headers: [new("Authorization", $"Bearer {token}")]);

    private static Task<Reply> RegisterAsync(RunningProvider provider, string? token)
        => Http.SendAsync(
            "POST", $"{provider.Issuer}/clients-registrations/openid-connect",
            body: new JsonObject { ["client_name"] = "Demo", ["redirect_uris"] = new JsonArray(Callback), ["token_endpoint_auth_method"] = "none" }.ToJsonString(),
            headers: [new("Content-Type", "application/json"), .. token is null ? [] : new[] { KeyValuePair.Create("Authorization", $"Bearer {token}") }]);
}
