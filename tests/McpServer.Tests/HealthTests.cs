using System.Net;
using McpAspire.McpServer.Data;
using McpAspire.McpServer.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.McpServer.Tests;

public sealed class HealthTests(HealthTests.ServerBeforeItsProvider server) : IClassFixture<HealthTests.ServerBeforeItsProvider>
{
    [Fact]
    public async Task Health_FollowsTheProviderAndTheDatabase()
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/health"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/alive"));

        await using var provider = await TestIdentityProvider.StartAsync(server.ProviderPort);
        Assert.Equal(HttpStatusCode.OK, await Poll.UntilAsync(() => StatusAsync("/health"), status => status == HttpStatusCode.OK));

        await using var scope = server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TicketsDbContext>().Database
            .ExecuteSqlRawAsync("DROP TABLE Comments; DROP TABLE Tickets;", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/health"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/alive"));
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public sealed class ServerBeforeItsProvider : McpServerFixture
    {
        public int ProviderPort { get; } = FreePort.Next();

        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
        {
            ["Keycloak:auth-server-url"] = $"http://localhost:{ProviderPort}/",
        };
    }
}
