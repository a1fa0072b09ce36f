using System.Net;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class KeyRotationTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    [Fact]
    public async Task Call_AfterTheProviderChangedItsKey_IsAllowed()
    {
        using var before = await server.Http.CallToolAsync(server.Token(), "whoami");
        server.Identity.RotateKey();
        var token = server.Token();

        var after = await Poll.UntilAsync(
            async () =>
            {
                using var response = await server.Http.CallToolAsync(token, "whoami");
                return response.StatusCode;
            },
            status => status == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after);
    }
}
