using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Bundle;
using Aspire.Hosting.Dashboard.ResourceService;
using Aspire.Hosting.Engine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The real Aspire dashboard beside the local engine: found or installed, started, kept running, stopped.</summary>
/// <remarks>
/// The engine starts it before the resources and gives each process <see cref="DashboardConnection.OtlpEnvironment"/>;
/// disposing it (the service provider does) ends the program and the resource service.
/// </remarks>
internal sealed class DashboardHost(
    BundleLocator locator,
    PortAllocator ports,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceCommandService commands,
    IConfiguration configuration,
    IHostEnvironment environment,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILoggerFactory loggerFactory) : IAsyncDisposable
{
    private const int PortAttempts = 3;
    private const string HowToGetIt =
        $"Install npm or the aspire CLI (13.5 or later), or set {DashboardOptions.PathKey}; everything else runs without it.";

    private readonly CancellationTokenSource _stopping = new();
    private ResourceServiceHost? _resourceService;
    private DashboardLog? _log;
    private Task _supervision = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Where the dashboard answers; null when there is none.</summary>
    public DashboardConnection? Connection { get; private set; }

    /// <summary>Starts the dashboard and waits until it answers (about a second; longer when it is installed first).</summary>
    /// <param name="runFolder">Folder of this run: the dashboard's log and its home go there.</param>
    /// <param name="say">Takes progress lines for the person at the terminal.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The addresses, or why there is no dashboard: a stack without one runs all the same.</returns>
    /// <exception cref="DistributedApplicationException">A setting is not allowed.</exception>
    public async Task<DashboardStart> StartAsync(string runFolder, Action<string> say, CancellationToken cancellationToken)
    {
        var options = DashboardOptions.From(configuration);
        void Say(string line) => say($"dashboard: {line}");

        var search = await locator.LocateAsync(options, Say, cancellationToken);
        if (search is not BundleSearch.Found { Bundle: var bundle })
        {
            return new DashboardStart.Unavailable($"There is no dashboard: {((BundleSearch.Missing)search).Reason}. {HowToGetIt}");
        }

        try
        {
            _resourceService = await StartResourceServiceAsync(options, cancellationToken);
            _log = new DashboardLog(Path.Combine(runFolder, "dashboard.log"), options);
            var (launcher, process) = await StartProgramAsync(bundle, options, CreateHome(runFolder), cancellationToken);
            _supervision = new DashboardSupervisor(launcher, time, Say).RunAsync(process, lifetime.ApplicationStopping, _stopping.Token);

            var endpoints = launcher.Settings.Endpoints;
            if (options.FrontendUrl.Port != 0 && endpoints.Frontend.Port != options.FrontendUrl.Port)
            {
                Say($"port {options.FrontendUrl.Port} is taken, {endpoints.Frontend.Port} is used");
            }

            Connection = endpoints.Connect(options);
            return new DashboardStart.Running(Connection);
        }
        catch (DashboardFailure failure)
        {
            return new DashboardStart.Unavailable($"There is no dashboard: {failure.Message}; its log is {_log?.Path}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        await _supervision;
        if (_resourceService is not null)
        {
            await _resourceService.DisposeAsync();
        }

        _log?.Dispose();
        _stopping.Dispose();
    }

    private async Task<(DashboardLauncher Launcher, DashboardProcess Process)> StartProgramAsync(
        DashboardBundle bundle, DashboardOptions options, string home, CancellationToken cancellationToken)
    {
        // Between the choice of a port and its use somebody else may take it: then the choice is made again.
        for (var attempt = 1; ; attempt++)
        {
            var settings = new DashboardSettings(options, DashboardEndpoints.Choose(options, ports), _resourceService!.Url);
            var launcher = new DashboardLauncher(bundle, settings, home, _log!);
            var (process, exit) = await launcher.StartAsync(cancellationToken);
            if (process is not null)
            {
                return (launcher, process);
            }

            if (!exit!.PortWasTaken || attempt == PortAttempts)
            {
                throw new DashboardFailure(exit.Reason);
            }
        }
    }

    private async Task<ResourceServiceHost> StartResourceServiceAsync(DashboardOptions options, CancellationToken cancellationToken)
    {
        var name = configuration[DashboardOptions.ApplicationNameKey] ?? environment.ApplicationName;
        var settings = new ResourceServiceSettings(name, options.ResourceServiceApiKey, options.ResourceServiceUrl.Port);
        try
        {
            return await StartAsync(settings);
        }
        catch (IOException exception) when (settings.Port != 0 && exception.InnerException is AddressInUseException)
        {
            return await StartAsync(settings with { Port = 0 });
        }

        Task<ResourceServiceHost> StartAsync(ResourceServiceSettings settings)
            => ResourceServiceHost.StartAsync(settings, notifications, logs, commands, time, loggerFactory, cancellationToken);
    }

    // The keys that protect the dashboard's cookies are kept there: for this user only.
    private static string CreateHome(string runFolder)
    {
        var home = Path.Combine(runFolder, "dashboard");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(home);
        }
        else
        {
            Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return home;
    }
}
