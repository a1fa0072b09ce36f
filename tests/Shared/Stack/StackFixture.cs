using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace McpAspire.Testing;

/// <summary>
/// The whole stack, started as a user would start it: every part a process of its own, every port a free one,
/// every secret made for this run and kept in memory.
/// </summary>
public sealed class StackFixture : IAsyncLifetime
{
    public static readonly string[] Resources =
    [
        "identity", "mcp-server", "mcp-console", "mcp-agent",
        "mcp-server-dapr-cli", "mcp-console-dapr-cli", "mcp-agent-dapr-cli",
    ];

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private DistributedApplication? _app;

    /// <summary>Password of alice, bob and carol in this run.</summary>
    public string DemoPassword { get; } = Secret();

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The stack was not started.");

    public Uri Identity => App.GetEndpoint("identity", "http");

    public Uri Server => App.GetEndpoint("mcp-server", "http");

    public Uri Console => App.GetEndpoint("mcp-console", "http");

    public Uri Agent => App.GetEndpoint("mcp-agent", "http");

    public Uri ServerSidecar => App.GetEndpoint("mcp-server-dapr-cli", "http");

    public Uri ConsoleSidecar => App.GetEndpoint("mcp-console-dapr-cli", "http");

    public Uri AgentSidecar => App.GetEndpoint("mcp-agent-dapr-cli", "http");

    /// <summary>The arguments of a run that touches neither a default port nor user secrets.</summary>
    public static string[] Arguments(string demoPassword, params IEnumerable<string> more) =>
    [
        "--McpAspire:Ports=free",
        "--DcpPublisher:RandomizePorts=false",
        $"--Parameters:mcp-agent-secret={Secret()}",
        $"--Parameters:mcp-console-secret={Secret()}",
        $"--Parameters:mcp-audit-secret={Secret()}",
        $"--Parameters:mcp-server-secret={Secret()}",
        $"--Parameters:demo-password={demoPassword}",
        .. more,
    ];

    public static async Task<DistributedApplication> StartAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments, cancellationToken);
        var app = await builder.BuildAsync(cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
            await WaitUntilHealthyAsync(app, cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for every resource; one that ends or never becomes healthy is named with what its checks said.</summary>
    private static async Task WaitUntilHealthyAsync(DistributedApplication app, CancellationToken cancellationToken)
    {
        foreach (var name in Resources)
        {
            try
            {
                await app.ResourceNotifications.WaitForResourceHealthyAsync(name, WaitBehavior.StopOnResourceUnavailable, cancellationToken);
            }
            catch (Exception error) when (error is OperationCanceledException or DistributedApplicationException)
            {
                throw new InvalidOperationException($"{name} did not become healthy.\n{string.Join('\n', Resources.Select(resource => Describe(app, resource)))}", error);
            }
        }
    }

    private static string Describe(DistributedApplication app, string name)
        => app.ResourceNotifications.TryGetCurrentState(name, out var current)
            ? $"{name}: {current.Snapshot.State?.Text}, {current.Snapshot.HealthStatus} {string.Join("; ", current.Snapshot.HealthReports.Select(report => $"{report.Name}: {report.Description}"))}"
            : $"{name}: unknown";

    public async ValueTask InitializeAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        _app = await StartAsync(Arguments(DemoPassword), limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }
    }

    public static string Secret() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
}
