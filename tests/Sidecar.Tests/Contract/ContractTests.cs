using System.Text.Json.Nodes;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The recordings of daprd 1.18.3, replayed over sockets against the running executable.</summary>
[Trait("Category", "Contract")]
public sealed class ContractTests
{
    [Theory]
    [InlineData("routing")]
    [InlineData("forwarding")]
    [InlineData("headers")]
    [InlineData("errors")]
    [InlineData("httpendpoint")]
    [InlineData("two-hops")]
    [InlineData("api-token")]
    [InlineData("health-metadata")]
    [InlineData("secrets")]
    [InlineData("cors")]
    [InlineData("limits")]
    [InlineData("routealias")]
    [InlineData("routerchecker")]
    [InlineData("uppercase")]
    [Plays("routing", "forwarding", "headers", "errors", "httpendpoint", "two-hops", "api-token", "health-metadata", "secrets", "cors", "limits", "routealias", "routerchecker", "uppercase")]
    public async Task Exchange_Replayed_IsAnsweredAsDaprdDoes(string topic)
    {
        await using var rig = new ContractRig();
        var player = new TopicPlayer(rig, topic) { Before = entry => Apps.PrepareAsync(rig, entry), Observe = new Observations(rig).SeeAsync };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 0);
    }

    [Fact]
    [Trait("Category", "Timed")]
    [Plays("ratelimit")]
    public Task RateLimit_Replayed_IsAnsweredAsDaprdDoes() => Exchange_Replayed_IsAnsweredAsDaprdDoes("ratelimit");

    [Fact]
    [Plays("bearer")]
    public async Task Bearer_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig();
        var tokens = new BearerTokens(rig);
        var player = new TopicPlayer(rig, "bearer") { Jwt = tokens.For, Before = tokens.PrepareAsync, Observe = new Observations(rig).SeeAsync };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 50);
    }

    [Fact]
    [Plays("oauth2clientcredentials", Except = "real Keycloak: claims of the token")]
    public async Task ClientCredentials_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig { ChangeConfiguration = text => text.Replace("http://localhost:8080/realms/mcp/protocol/openid-connect/token", "http://127.0.0.1:5680/token", StringComparison.Ordinal) };
        var player = new TopicPlayer(rig, "oauth2clientcredentials")
        {
            Given = entry => Providers.Set(rig, entry),
            Before = Providers.WaitAsync,
            ReadyCall = entry => (string)entry["name"]! == "expires_in 2: first" ? null : (string)entry["config"]! is "cc-filter" or "cc-app" ? "/mcp" : "/v1.0/healthz",
            Observe = new Observations(rig).SeeAsync,
            Elsewhere = entry => entry["claims"] is not null,
        };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 30);
    }

    [Fact]
    [Plays("oauth2")]
    public async Task OAuth2_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig();
        var player = new TopicPlayer(rig, "oauth2")
        {
            Given = entry => Providers.Set(rig, entry),
            Observe = new Observations(rig).SeeAsync,
        };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 55);
    }
}
