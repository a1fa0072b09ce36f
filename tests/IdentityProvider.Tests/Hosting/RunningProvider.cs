using McpAspire.IdentityProvider.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace McpAspire.IdentityProvider.Tests.Hosting;

/// <summary>The provider on its own ports, with a clock that the test moves.</summary>
internal sealed class RunningProvider : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningProvider(WebApplication app, int port, int managementPort, FakeTimeProvider clock)
    {
        _app = app;
        Clock = clock;
        BaseUrl = $"http://localhost:{port}";
        ManagementUrl = $"http://localhost:{managementPort}";
    }

    public string BaseUrl { get; }

    public string ManagementUrl { get; }

    public string Issuer => $"{BaseUrl}/realms/mcp";

    public FakeTimeProvider Clock { get; }

    public RealmRegistry Realms => _app.Services.GetRequiredService<RealmRegistry>();

    public static Task<RunningProvider> StartAsync(string? realmPath = null, params string[] more) => StartOnAsync(FreePort.Next(), realmPath, more);

    /// <summary>Starts on a known port, to come back there after a stop.</summary>
    public static Task<RunningProvider> StartOnAsync(int port, string? realmPath = null, params string[] more) => StartAsync(port, realmPath, null, more);

    /// <summary>Starts with other services in place of some.</summary>
    public static async Task<RunningProvider> StartAsync(int port, string? realmPath, Action<IServiceCollection>? configure, params string[] more)
    {
        var management = FreePort.Next();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        string[] args =
        [
            "--environment=Development",
            "--Logging:LogLevel:Default=Warning",
            $"--KC_HTTP_PORT={port}",
            $"--KC_HTTP_MANAGEMENT_PORT={management}",
            $"--KC_HOSTNAME=http://localhost:{port}",
            .. realmPath is null ? [] : new[] { $"--IdentityProvider:RealmPath={realmPath}" },
            .. TestRealm.Values.Select(pair => $"--{pair.Key}={pair.Value}"),
            .. more,
        ];
        var app = ProviderApplication.Create(args, services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            configure?.Invoke(services);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningProvider(app, port, management, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
