using System.Diagnostics;

namespace McpAspire.Benchmarks.Sidecars.Servers;

/// <summary>What stands around the sidecars: the app, a collector for spans, the identity provider.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly ServerProcess _collector;

    private Backend(ServerProcess app, int appPort, ServerProcess collector, int collectorPort, RealmProvider provider)
    {
        App = app;
        _collector = collector;
        AppPort = appPort;
        CollectorPort = collectorPort;
        Provider = provider;
    }

    /// <summary>An ASP.NET Core app of one line: its start says how fast this machine starts one.</summary>
    public ServerProcess App { get; }

    public int AppPort { get; }

    public int CollectorPort { get; }

    public RealmProvider Provider { get; }

    public static async Task<Backend> StartAsync(string providerAssembly)
    {
        var (appPort, collectorPort) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        var app = await StartSelfAsync(LocalServers.App, appPort);
        var collector = await StartSelfAsync(LocalServers.Collector, collectorPort);
        var provider = await RealmProvider.StartAsync(providerAssembly);
        await WaitForKeysAsync(provider);
        return new Backend(app, appPort, collector, collectorPort, provider);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _collector.DisposeAsync();
        await Provider.DisposeAsync();
    }

    /// <summary>The provider is ready before it has made its keys: a bearer is timed without waiting for them.</summary>
    private static async Task WaitForKeysAsync(RealmProvider provider)
    {
        using var client = new HttpClient();
        _ = await client.GetStringAsync($"{provider.Issuer}/protocol/openid-connect/certs");
    }

    private static Task<ServerProcess> StartSelfAsync(string role, int port)
        => ServerProcess.StartAsync($"the server {role}", new ProcessStartInfo("dotnet", [typeof(Backend).Assembly.Location, role, $"{port}"]), $"http://127.0.0.1:{port}/");
}
