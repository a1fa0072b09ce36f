using McpAspire.Client.WebConsole;
using McpAspire.Client.WebConsole.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace McpAspire.Client.Tests.Fakes;

/// <summary>The console on a free port, with a fake sidecar.</summary>
public sealed class ConsoleHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private ConsoleHost(WebApplication app, FakeSidecar sidecar)
    {
        this.app = app;
        Sidecar = sidecar;
        Address = new UriBuilder(app.Urls.First()) { Host = "localhost" }.Uri;
    }

    public FakeSidecar Sidecar { get; }

    public Uri Address { get; }

    internal SessionStore Sessions => app.Services.GetRequiredService<SessionStore>();

    public static Task<ConsoleHost> StartAsync(params (string Key, string? Value)[] settings) => StartAsync(TimeProvider.System, settings);

    public static async Task<ConsoleHost> StartAsync(TimeProvider time, params (string Key, string? Value)[] settings)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var sidecar = await FakeSidecar.StartAsync(cancellationToken);
        var all = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Keycloak:auth-server-url"] = "http://localhost:8080/",
            ["Keycloak:realm"] = "mcp",
            ["Logging:LogLevel:Default"] = "None",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "None",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var app = ConsoleApp.Build(sidecar.Options, all, time);
        await app.StartAsync(cancellationToken);
        return new ConsoleHost(app, sidecar);
    }

    public Browser OpenBrowser() => new(Address);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}
