using Aspire.Hosting.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Starts the dashboard before the resources, has the processes send their telemetry to it, and says where it is.
/// Registered before the service that starts the resources; ended with the service provider, so that the last lines
/// of the resources are still seen.
/// </summary>
internal sealed partial class DashboardStartup(
    DashboardHost dashboard,
    DistributedApplicationOptions options,
    EngineRunFolder runFolder,
    OtlpTarget otlp,
    EngineMode mode,
    ILogger<DashboardStartup> logger) : IHostedService
{
    private readonly TextWriter _output = Console.Out;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.DisableDashboard)
        {
            return;
        }

        switch (await dashboard.StartAsync(runFolder.Path, Say, cancellationToken))
        {
            case DashboardStart.Running { Connection: var connection }:
                otlp.Use(connection.OtlpEnvironment);
                ShowLogin(connection);
                break;
            case DashboardStart.Unavailable { Reason: var reason }:
                Say(reason);
                break;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The only place that shows the token, and only to a person: the output of tests ends up in build logs,
    // and a test chooses the token itself.
    private void ShowLogin(DashboardConnection connection)
    {
        if (!mode.IsInTest)
        {
            _output.WriteLine($"dashboard: {connection.LoginUrl}");
        }
    }

    private void Say(string line)
    {
        if (mode.IsInTest)
        {
            LogLine(line);
        }
        else
        {
            _output.WriteLine(line);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Line}")]
    private partial void LogLine(string line);
}
