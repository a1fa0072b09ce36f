using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Aspire.Hosting.Engine;

/// <summary>The services of the local engine.</summary>
internal static class EngineServices
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HealthCheckTimeout = TimeSpan.FromSeconds(5);

    public static void Add(
        HostApplicationBuilder host,
        DistributedApplicationOptions options,
        EngineMode mode,
        IResourceCollection resources,
        IDistributedApplicationEventing eventing,
        DistributedApplicationExecutionContext executionContext)
    {
        host.Logging
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddFilter("System.Net.Http.HttpClient", LogLevel.None)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None) // what it says is thrown as well
            .AddConfiguration(host.Configuration.GetSection("Logging"));

        var services = host.Services;
        services.Configure<ConsoleLoggerOptions>(o => o.FormatterName = ConsoleFormatterNames.Simple);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(mode);
        services.AddSingleton(executionContext);
        services.AddSingleton(eventing);
        services.AddSingleton(_ => new DistributedApplicationModel(resources));
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton(p => new ResourceLoggerService(p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new ResourceCommandService(
            p.GetRequiredService<DistributedApplicationModel>(),
            p.GetRequiredService<ResourceNotificationService>(),
            p.GetRequiredService<ResourceLoggerService>(),
            p));
        services.Configure<ResourceNotificationServiceOptions>(o => o.DefaultWaitBehavior = options.DisableDashboard
            ? WaitBehavior.StopOnResourceUnavailable
            : WaitBehavior.WaitOnResourceUnavailable);

        services.AddHealthChecks();
        services.AddHttpClient();
        services.AddHttpClient(HttpEndpointHealthCheck.ClientName, client => client.Timeout = HealthCheckTimeout);

        services.AddSingleton<EngineRunFolder>();
        services.AddSingleton<SecretMask>();
        services.AddSingleton<OtlpTarget>();
        services.AddSingleton<PortAllocator>();
        services.AddSingleton<EndpointAllocation>();
        services.AddSingleton<ParameterResolution>();
        services.AddSingleton<ProcessPlanner>();
        services.AddSingleton<ProcessGuard>();
        services.AddSingleton<ProcessSupervisor>();
        services.AddSingleton<ResourceControllers>();
        services.AddSingleton<ResourceHealthMonitor>();
        services.AddSingleton<ResourceLogFiles>();
        services.AddDashboard();
        services.AddHostedService<DashboardStartup>();
        services.AddHostedService<ApplicationExecutor>();
        services.AddHostedService<StatusBoard>();
    }
}
