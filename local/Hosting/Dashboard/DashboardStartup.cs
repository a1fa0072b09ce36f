using Aspire.Hosting.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Starts the dashboard before the resources, has the processes send their telemetry to it, and says at the
/// terminal where it is. Registered before the service that starts the resources; ended with the service provider,
/// so that the last lines of the resources are still seen.
/// </summary>
internal sealed class DashboardStartup(
    DashboardHost dashboard,
    DistributedApplicationOptions options,
    EngineRunFolder runFolder,
    OtlpTarget otlp,
    IConfiguration configuration) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.DisableDashboard)
        {
            return;
        }

        switch (await dashboard.StartAsync(runFolder.Path, Console.Out.WriteLine, cancellationToken))
        {
            case DashboardStart.Running { Connection: var connection }:
                otlp.Use(connection.OtlpEnvironment);
                Console.Out.WriteLine($"dashboard: {(IsLoginUrlSuppressed() ? connection.FrontendUrl : connection.LoginUrl)}");
                break;
            case DashboardStart.Unavailable { Reason: var reason }:
                Console.Out.WriteLine(reason);
                break;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // For tests: whoever starts the application there has set the token, and output ends up in build logs.
    private bool IsLoginUrlSuppressed()
        => bool.TryParse(configuration[DashboardOptions.SuppressLoginUrlKey], out var suppressed) && suppressed;
}
