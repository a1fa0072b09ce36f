using System.Diagnostics;

namespace McpAspire.Benchmarks;

/// <summary>The identity provider with the shipped realm and secrets of its own.</summary>
internal sealed class RealmProvider : IAsyncDisposable
{
    public const string Client = "mcp-agent";
    public const string Secret = "benchmark";
    public const string Scope = "tickets:read";
    public const string Resource = "http://localhost:5200/mcp";

    private RealmProvider(ServerProcess process, string issuer)
    {
        Process = process;
        Issuer = issuer;
    }

    public ServerProcess Process { get; }

    public string Issuer { get; }

    public string TokenUrl => $"{Issuer}/protocol/openid-connect/token";

    public static async Task<RealmProvider> StartAsync(string assembly)
    {
        var (port, management) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        var start = new ProcessStartInfo("dotnet", [assembly, "--Logging:LogLevel:Default=Warning"]);
        foreach (var secret in (string[])["MCP_AGENT_SECRET", "MCP_CONSOLE_SECRET", "MCP_AUDIT_SECRET", "MCP_SERVER_SECRET", "DEMO_PASSWORD"])
        {
            start.Environment[secret] = Secret;
        }

        start.Environment["MCP_RESOURCE"] = Resource;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["KC_HTTP_PORT"] = $"{port}";
        start.Environment["KC_HTTP_MANAGEMENT_PORT"] = $"{management}";
        var process = await ServerProcess.StartAsync("the identity provider", start, $"http://127.0.0.1:{management}/health/ready");
        return new RealmProvider(process, $"http://localhost:{port}/realms/mcp");
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
