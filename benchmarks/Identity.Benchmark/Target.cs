using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace McpAspire.Benchmarks.Identity;

/// <summary>A server in a process of its own, ready to be asked.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly Process _process;

    private Target(string name, Process process, string url, TimeSpan ready)
    {
        Name = name;
        _process = process;
        Url = url;
        Ready = ready;
    }

    public string Name { get; }

    public string Url { get; }

    /// <summary>From the start of the process to the first good answer.</summary>
    public TimeSpan Ready { get; }

    public double Megabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public static Task<Target> StartProviderAsync(string assembly)
    {
        var (port, management) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("dotnet", [assembly, "--Logging:LogLevel:Default=Warning"]);
        foreach (var secret in (string[])["MCP_AGENT_SECRET", "MCP_CONSOLE_SECRET", "MCP_AUDIT_SECRET", "MCP_SERVER_SECRET", "DEMO_PASSWORD"])
        {
            start.Environment[secret] = "benchmark";
        }

        start.Environment["MCP_RESOURCE"] = "http://localhost:5200/mcp";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["KC_HTTP_PORT"] = $"{port}";
        start.Environment["KC_HTTP_MANAGEMENT_PORT"] = $"{management}";
        return StartAsync("identity provider, client credentials", start, $"http://127.0.0.1:{management}/health/ready", $"http://127.0.0.1:{port}/realms/mcp/protocol/openid-connect/token");
    }

    /// <summary>This program again, as an endpoint that does nothing but sign.</summary>
    public static Task<Target> StartPlainAsync()
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(Target).Assembly.Location, PlainSigner.Argument, $"{port}"]);
        return StartAsync("plain endpoint, one RS256 signature", start, $"http://127.0.0.1:{port}/", $"http://127.0.0.1:{port}/");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<Target> StartAsync(string name, ProcessStartInfo start, string health, string url)
    {
        using var client = new HttpClient();
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        while (watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            try
            {
                using var reply = await client.GetAsync(health);
                return new Target(name, process, url, watch.Elapsed);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5);
            }
        }

        process.Kill();
        throw new TimeoutException($"{name} did not answer at {health}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
