using McpAspire.IdentityProvider.Tests.Contract;
using McpAspire.IdentityProvider.Tests.Hosting;

namespace McpAspire.IdentityProvider.Tests;

/// <summary>The management port, and the one issuer for every address.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task Health_OnManagementPort_IsUp()
    {
        await using var provider = await RunningProvider.StartAsync();
        foreach (var path in (string[])["/health", "/health/ready", "/health/live"])
        {
            var reply = await Http.GetAsync(provider.ManagementUrl + path);
            Assert.Equal(200, reply.Status);
            Assert.Equal("UP", reply["status"]);
        }

        Assert.Equal(404, (await Http.GetAsync($"{provider.ManagementUrl}/realms/mcp")).Status);
        Assert.Equal(404, (await Http.GetAsync($"{provider.BaseUrl}/health/ready")).Status);
    }

    [Fact]
    public async Task Discovery_OverAnotherAddress_KeepsTheIssuer()
    {
        await using var provider = await RunningProvider.StartAsync();
        var other = provider.Issuer.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
        var reply = await Http.GetAsync($"{other}/.well-known/openid-configuration");
        Assert.Equal(provider.Issuer, reply["issuer"]);
        Assert.StartsWith(provider.Issuer, reply["token_endpoint"], StringComparison.Ordinal);
    }
}
