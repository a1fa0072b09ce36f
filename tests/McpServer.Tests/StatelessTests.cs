using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class StatelessTests(StatelessTests.StatelessServer server) : IClassFixture<StatelessTests.StatelessServer>
{
    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("2025-11-25")]
    public async Task Client_OfBothRevisions_NeedsNoSession(string revision)
    {
        await using var client = await SdkClient.ConnectAsync(server, server.Token(), revision);

        var list = await client.CallToolAsync("list_tickets", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Null(client.SessionId);
        Assert.NotEqual(true, list.IsError);
    }

    public sealed class StatelessServer : McpServerFixture
    {
        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["McpServer:SessionMode"] = "stateless" };
    }
}
