using System.Web;
using McpAspire.McpServer.Tests.Infrastructure;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;

namespace McpAspire.McpServer.Tests;

public sealed class StepUpTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    [Theory]
    [InlineData("2026-07-28")]
    [InlineData("2025-11-25")]
    public async Task Client_ThatNeedsMoreScope_StepsUpAndKeepsWhatItHad(string revision)
    {
        server.Identity.AuthorizedScopes.Clear();
        await using var client = await McpClient.CreateAsync(Transport(), SdkClient.Options(revision), cancellationToken: TestContext.Current.CancellationToken);

        var list = await client.CallToolAsync("list_tickets", cancellationToken: TestContext.Current.CancellationToken);
        var created = await client.CallToolAsync(
            "create_ticket",
            new Dictionary<string, object?> { ["title"] = "Stepped up", ["description"] = "x" },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEqual(true, list.IsError);
        Assert.NotEqual(true, created.IsError);
        Assert.Equal(["tickets:read", "tickets:read tickets:write"], server.Identity.AuthorizedScopes);
    }

    private HttpClientTransport Transport() => new(new HttpClientTransportOptions
    {
        Endpoint = new Uri(server.Resource),
        TransportMode = HttpTransportMode.StreamableHttp,
        OAuth = new ClientOAuthOptions
        {
            ClientId = "mcp-native",
            RedirectUri = new Uri("http://127.0.0.1:45678/callback"),
            AuthorizationCallbackHandler = AgreeAsync,
        },
    });

    private Task<AuthorizationResult?> AgreeAsync(AuthorizationCallbackContext context, CancellationToken cancellationToken)
    {
        var query = HttpUtility.ParseQueryString(context.AuthorizationUri.Query);
        return Task.FromResult<AuthorizationResult?>(new AuthorizationResult
        {
            Code = Uri.EscapeDataString(query["scope"]!),
            State = query["state"],
            Iss = server.Identity.Issuer,
        });
    }
}
