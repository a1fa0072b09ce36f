using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using McpAspire.McpAuthorization.Auditing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpAspire.McpAuthorization.Tests.Infrastructure;

/// <summary>A small MCP server on real Kestrel, protected as somebody who adopts the library would do it.</summary>
internal sealed class ProtectedServer : IAsyncDisposable
{
    private const string Meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
    private readonly WebApplication _app;

    private ProtectedServer(WebApplication app, HttpClient http) => (_app, Http) = (app, http);

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public RecordingAuditor Auditor => (RecordingAuditor)_app.Services.GetRequiredService<IToolCallAuditor>();

    public List<string> Ran => _app.Services.GetRequiredService<ThingCalls>().Names;

    public static async Task<ProtectedServer> StartAsync(
        Action<McpAuthorizationOptions>? configure = null, Action<IServiceCollection>? services = null, bool withMiddleware = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ThingCalls>();
        builder.Services.AddSingleton<IToolCallAuditor, RecordingAuditor>();
        builder.Services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, TestTokenHandler>("Bearer", null);
        builder.Services.AddMcpServer().WithHttpTransport().WithTools<Things>().AddMcpAuthorization(options =>
        {
            options.Resource = "https://things.example/mcp";
            options.AuthorizationServers.Add("https://id.example/realms/things");
            options.Scopes.Add("things:read").Add("things:write", "things:read").Add("billing");
            options.ChallengeScopes.Add("things:read");
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        var endpoint = app.MapMcp("/mcp");
        if (withMiddleware)
        {
            endpoint.RequireMcpAuthorization();
        }

        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ProtectedServer(app, new HttpClient { BaseAddress = new Uri(address) });
    }

    public Task<HttpResponseMessage> CallAsync(string tool, string? token, string? origin = null)
        => PostAsync($"{{\"jsonrpc\":\"2.0\",\"id\":\"a1\",\"method\":\"tools/call\",\"params\":{{\"name\":\"{tool}\",{Meta}}}}}", token, tool, origin);

    public async Task<HttpResponseMessage> PostAsync(string body, string? token, string? tool, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (tool is not null)
        {
            request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
            request.Headers.Add("Mcp-Method", "tools/call");
            request.Headers.Add("Mcp-Name", tool);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonNode> AnswerAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(body.Split('\n').LastOrDefault(line => line.StartsWith("data:", StringComparison.Ordinal))?["data:".Length..] ?? body)!;
    }

    public static async Task<string?> ErrorAsync(HttpResponseMessage response) => (await AnswerAsync(response))["error"]?["message"]?.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
