using System.Net;
using McpAspire.McpServer.Tests.Infrastructure;

namespace McpAspire.McpServer.Tests;

public sealed class PageClientTests(McpServerFixture server) : IClassFixture<McpServerFixture>
{
    private const string Inspector = "http://localhost:6274";

    [Theory]
    [InlineData(Inspector, true)]
    [InlineData("http://evil.example", false)]
    public async Task Preflight_IsAnsweredForListedOriginsOnly(string origin, bool allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/mcp");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,mcp-protocol-version,mcp-method,mcp-name");

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins));
        Assert.Equal(allowed ? [Inspector] : [], origins ?? []);
    }

    [Fact]
    public async Task Page_CanReadTheChallenge()
    {
        using var request = JsonRpc.Post(JsonRpc.ToolCall("whoami"), token: null, name: "whoami");
        request.Headers.Add("Origin", Inspector);

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("WWW-Authenticate", string.Join(',', response.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.OrdinalIgnoreCase);
    }
}
