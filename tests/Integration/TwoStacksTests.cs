using System.Net;
using Aspire.Hosting.Testing;
using McpAspire.Testing;

namespace McpAspire.Integration;

/// <summary>Two stacks on one machine share nothing.</summary>
[Collection(OneStackAtATime.Name)]
public sealed class TwoStacksTests(StackFixture stack)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SecondStack_BesideTheFirst_HasItsOwnPortsKeysAndSecrets()
    {
        await using var second = await StackFixture.StartAsync(StackFixture.Arguments(StackFixture.Secret()), Cancellation);
        using var http = new HttpClient();

        foreach (var name in StackFixture.Resources)
        {
            Assert.NotEqual(stack.App.GetEndpoint(name, "http").Port, second.GetEndpoint(name, "http").Port);
        }

        using var alice = new Person(stack.Identity, "alice", stack.DemoPassword);
        var token = await alice.GetTokenAsync("openid tickets:read", Cancellation);
        using var own = await http.SendAsync(McpCall.ListTools(new Uri(stack.Server, "/mcp"), token), Cancellation);
        using var foreign = await http.SendAsync(McpCall.ListTools(new Uri(second.GetEndpoint("mcp-server", "http"), "/mcp"), token), Cancellation);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, foreign.StatusCode);

        await second.StopAsync(Cancellation);
    }
}
