using System.Net.Http.Json;
using System.Text.Json;
using McpAspire.Client.Agent;
using McpAspire.Client.Sidecar;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.Client.Tests.Fakes;

/// <summary>The agent with its own small web host, on a free port.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http;

    private AgentHost(WebApplication app)
    {
        this.app = app;
        http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    internal AgentReport Report => app.Services.GetRequiredService<AgentStatus>().Report;

    internal static async Task<AgentHost> StartAsync(SidecarOptions sidecar, params (string Key, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["McpClient:Agent:Interval"] = "0.1s",
            ["Logging:LogLevel:Default"] = "None",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "None",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var app = AgentCommand.Build(sidecar, all);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AgentHost(app);
    }

    public async Task<int> HealthAsync(string path = "/health")
    {
        using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    public async Task<JsonElement> StatusAsync()
        => await http.GetFromJsonAsync<JsonElement>("/status", TestContext.Current.CancellationToken);

    /// <summary>Waits until so many more runs have ended.</summary>
    public async Task RunsAsync(int more)
    {
        var target = Report.Runs + more;
        await Eventually.TrueAsync(() => Report.Runs >= target, $"{target} runs");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }
}
