using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Protocol;
using Aspire.Hosting.Dashboard.ResourceService;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Dashboard.Tests;

/// <summary>The resource service on a free port, called as the dashboard does.</summary>
internal sealed class ResourceServiceFixture : IAsyncDisposable
{
    public const string Key = "0123456789abcdef-test";

    private readonly GrpcChannel _channel;

    private ResourceServiceFixture(TestResources resources, ResourceServiceHost host)
    {
        Resources = resources;
        Host = host;
        _channel = GrpcChannel.ForAddress(host.Url);
        Client = new DashboardService.DashboardServiceClient(_channel);
    }

    public TestResources Resources { get; }

    public ResourceServiceHost Host { get; }

    public DashboardService.DashboardServiceClient Client { get; }

    public static Metadata WithKey { get; } = new() { { ApiKeyGate.HeaderName, Key } };

    public static async Task<ResourceServiceFixture> StartAsync(params IResource[] model)
    {
        var resources = new TestResources(model);
        var host = await ResourceServiceHost.StartAsync(
            new ResourceServiceSettings("Shop", Key, Port: 0),
            resources.Notifications,
            resources.Logs,
            resources.Commands,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
        return new ResourceServiceFixture(resources, host);
    }

    public AsyncServerStreamingCall<WatchResourcesUpdate> WatchResources(bool isReconnect = false)
        => Client.WatchResources(
            new() { IsReconnect = isReconnect }, WithKey, cancellationToken: TestContext.Current.CancellationToken);

    public AsyncDuplexStreamingCall<WatchInteractionsRequestUpdate, WatchInteractionsResponseUpdate> WatchInteractions()
        => Client.WatchInteractions(WithKey, cancellationToken: TestContext.Current.CancellationToken);

    public AsyncServerStreamingCall<WatchResourceConsoleLogsUpdate> WatchConsoleLogs(string resource, bool follow = true)
        => Client.WatchResourceConsoleLogs(
            new() { ResourceName = resource, SuppressFollow = !follow }, WithKey, cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Host.DisposeAsync();
        Resources.Dispose();
    }
}
