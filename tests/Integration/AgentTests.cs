using System.Net;
using System.Text.Json;
using McpAspire.Testing;

namespace McpAspire.Integration;

/// <summary>The agent works with an identity of its own, through two sidecars, and leaves a trail.</summary>
public sealed class AgentTests(StackFixture stack) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Direct => new(stack.Server, "/mcp");

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Agent_WorksAsItsServiceAccount()
    {
        using var status = await StatusAfterARunAsync();
        var identity = status.RootElement.GetProperty("identity");

        Assert.Equal("service-account-mcp-agent", identity.GetProperty("user").GetString());
        Assert.Equal("contoso", identity.GetProperty("tenant").GetString());
        Assert.Equal("mcp-agent", identity.GetProperty("client").GetString());
        Assert.True(status.RootElement.GetProperty("commentsWritten").GetInt32() > 0);
    }

    [Fact]
    public async Task CallThroughTheAgentsSidecar_ChangesTheTicket_AndIsAudited()
    {
        using var alice = new Person(stack.Identity, "alice", stack.DemoPassword);
        using var carol = new Person(stack.Identity, "carol", stack.DemoPassword);
        var reader = await alice.GetTokenAsync("openid tickets:read", Cancellation);
        var auditor = await carol.GetTokenAsync("openid tickets:read", Cancellation);
        var text = $"Seen by the agent {Guid.NewGuid():N}";
        var before = await FirstTicketAsync(reader);

        using var call = McpCall.Tool(new Uri(stack.AgentSidecar, "/mcp"), "comment_ticket", new { id = before, text });
        call.Headers.Add("dapr-app-id", "mcp-server");
        using var answer = await _http.SendAsync(call, Cancellation);
        await McpCall.ReadContentAsync(answer, Cancellation);

        using var after = await _http.SendAsync(McpCall.Tool(Direct, "get_ticket", new { id = before }, reader), Cancellation);
        Assert.Contains(text, (await McpCall.ReadContentAsync(after, Cancellation)).ToString(), StringComparison.Ordinal);
        var audit = await AuditPageAsync(auditor);
        Assert.Contains("service-account-mcp-agent", audit, StringComparison.Ordinal);
        Assert.Contains("comment_ticket", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithTooLittleScope_IsRefusedWithTheScopesToAskFor_AndAudited()
    {
        using var alice = new Person(stack.Identity, "alice", stack.DemoPassword);
        using var carol = new Person(stack.Identity, "carol", stack.DemoPassword);
        var reader = await alice.GetTokenAsync("openid tickets:read", Cancellation);
        var auditor = await carol.GetTokenAsync("openid tickets:read", Cancellation);

        using var refused = await _http.SendAsync(McpCall.Tool(Direct, "delete_ticket", new { id = 1 }, reader), Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var challenge = Assert.Single(refused.Headers.WwwAuthenticate).Parameter!;
        Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains("tickets:admin", challenge, StringComparison.Ordinal);
        Assert.Contains("tickets:read", challenge, StringComparison.Ordinal);
        Assert.Contains("delete_ticket", await AuditPageAsync(auditor), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuditPage_WithoutTheRole_IsRefused()
    {
        using var alice = new Person(stack.Identity, "alice", stack.DemoPassword);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stack.Server, "/audit"));
        request.Headers.Authorization = new("Bearer", await alice.GetTokenAsync("openid tickets:read", Cancellation));

        using var response = await _http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private async Task<JsonDocument> StatusAfterARunAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var status = JsonDocument.Parse(await _http.GetStringAsync(new Uri(stack.Agent, "/status"), Cancellation));
            if (status.RootElement.GetProperty("runs").GetInt32() > 0)
            {
                return status;
            }

            status.Dispose();
            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    private async Task<int> FirstTicketAsync(string token)
    {
        using var list = await _http.SendAsync(McpCall.Tool(Direct, "list_tickets", new { status = "open" }, token), Cancellation);
        var page = await McpCall.ReadContentAsync(list, Cancellation);
        return page.GetProperty("tickets")[0].GetProperty("id").GetInt32();
    }

    private async Task<string> AuditPageAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stack.Server, "/audit"));
        request.Headers.Authorization = new("Bearer", token);
        using var response = await _http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }
}
