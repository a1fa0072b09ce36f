using System.Text.Json.Nodes;
using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>Scopes that a person's roles decide about.</summary>
public sealed class RoleScopeTests
{
    [Fact]
    public async Task OfflineAccess_WithoutTheRole_IsNotAllowed()
    {
        await using var provider = await RunningProvider.StartAsync(TestRealm.Variant(realm => Take(realm, "alice", "offline_access")));

        var refused = await Flows.TokensAsync(provider.Issuer, "mcp-native", "openid offline_access");
        var allowed = await Flows.TokensAsync(provider.Issuer, "mcp-native", "openid offline_access", user: "bob");

        Assert.Equal(400, refused.Status);
        Assert.Equal("not_allowed", refused["error"]);
        Assert.Equal("Offline tokens not allowed for the user or client", refused["error_description"]);
        Assert.Equal(200, allowed.Status);
        Assert.Equal(0, (int?)allowed.Json["refresh_expires_in"]);
    }

    /// <summary>A composite is expanded: whoever has one of the roles in it has the scope. That is why the shipped realm maps a leaf.</summary>
    [Fact]
    public async Task Scope_MappedToAComposite_IsGivenForEachRoleInIt()
    {
        await using var shipped = await RunningProvider.StartAsync();
        await using var mapped = await RunningProvider.StartAsync(TestRealm.Variant(realm => realm["scopeMappings"]![0]!["roles"] = new JsonArray("supervisor")));

        Assert.DoesNotContain("tickets:admin", await ScopesAsync(shipped));
        Assert.Contains("tickets:admin", await ScopesAsync(mapped));
    }

    private static async Task<string[]> ScopesAsync(RunningProvider provider)
        => (await Flows.TokensAsync(provider.Issuer, "mcp-native", "openid tickets:admin"))["scope"]!.Split(' ');

    private static void Take(JsonObject realm, string user, string role)
    {
        var roles = TestRealm.User(realm, user)["realmRoles"]!.AsArray();
        roles.Remove(roles.Single(name => (string?)name == role));
    }
}
