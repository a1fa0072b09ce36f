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
    public async Task Exchange_Replayed_IsAnsweredAsDaprdDoes(string topic)
    {
        await using var rig = new ContractRig();
        var player = new TopicPlayer(rig, topic) { Before = entry => Apps.PrepareAsync(rig, entry) };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 0);
    }

    [Fact]
    [Trait("Category", "Timed")]
    public Task RateLimit_Replayed_IsAnsweredAsDaprdDoes() => Exchange_Replayed_IsAnsweredAsDaprdDoes("ratelimit");

    [Fact]
    public async Task Bearer_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig();
        var tokens = new BearerTokens(rig);
        var player = new TopicPlayer(rig, "bearer") { Jwt = tokens.For, Before = tokens.PrepareAsync };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 50);
    }

    [Fact]
    public async Task ClientCredentials_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig();
        var player = new TopicPlayer(rig, "oauth2clientcredentials")
        {
            Before = entry => Providers.PrepareAsync(rig, entry),
            Elsewhere = entry => ((string)entry["config"]!).Contains("keycloak", StringComparison.Ordinal) || (string)entry["config"]! == "cc-bad-secret",
        };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 30);
    }

    [Fact]
    public async Task OAuth2_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig();
        var player = new TopicPlayer(rig, "oauth2")
        {
            Before = entry => Providers.PrepareAsync(rig, entry),
            Elsewhere = entry => ((string)entry["config"]!).Contains("keycloak", StringComparison.Ordinal),
        };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(player.Replayed > 55);
    }
}
