using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Middleware.OAuth2;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The parts of a sidecar.</summary>
internal static class SidecarServices
{
    public static IServiceCollection AddSidecar(this IServiceCollection services, SidecarOptions options, Task<ResourceSet> loading, Func<string, string?> environment)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => loading.GetAwaiter().GetResult().Configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddHttpForwarder();
        services.AddSingleton(provider => new SidecarTracer(TraceExport.SamplingRate(provider.GetRequiredService<ConfigurationResource>().Tracing, environment)));
        services.AddSingleton(provider => new SidecarMetrics(options, provider.GetRequiredService<ConfigurationResource>().Metrics));
        services.AddSingleton<AppReadiness>();
        services.AddSingleton<AppStartCall>();
        services.AddSingleton<AppHealthMonitor>();
        services.AddSingleton<ShutdownSequence>();
        services.AddSingleton<AppRun>();
        services.AddSingleton<SessionStores>();
        services.AddSingleton(provider => new HandlerFactory(
            HttpClients.ForBackchannel(),
            provider.GetRequiredService<SessionStores>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new RuntimeFactory(
            options,
            provider.GetRequiredService<HandlerFactory>(),
            environment,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<RemoteSidecars>(),
            provider.GetRequiredService<SidecarMetrics>()));
        services.AddSingleton(RegistrationFolder.Of(environment));
        services.AddSingleton(provider => SidecarIdentity.Create(options, provider.GetRequiredService<ConfigurationResource>()));
        services.AddSingleton<RemoteSidecars>();
        services.AddSingleton<HopConnection>();
        services.AddSingleton<HopApi>();
        services.AddSingleton<AccessGate>();
        services.AddSingleton<CallMetrics>();
        services.AddSingleton<Invoker>();
        services.AddSingleton<HealthApi>();
        services.AddSingleton<MetadataApi>();
        services.AddSingleton<SecretsApi>();
        services.AddSingleton<ShutdownApi>();
        services.AddSingleton<ApiRouter>();
        services.AddSingleton<HostGate>();
        services.AddSingleton<ApiTokenGate>();
        services.AddSingleton<ApiLog>();
        services.AddSingleton<CorsPolicy>();
        services.AddSingleton<SidecarRuntime>();
        services.AddSingleton<ResourceReloader>();
        services.AddSingleton<SidecarApplication>();
        services.AddSingleton<PortDispatcher>();
        return services;
    }

    /// <summary>Our own log; of the framework only what went wrong, and nothing that repeats a request.</summary>
    public static ILoggingBuilder AddSidecarLog(this ILoggingBuilder logging, SidecarOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Error);
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.Hosting", LogLevel.None);
        logging.AddFilter("Microsoft.Extensions", LogLevel.Error);
        logging.AddFilter("Yarp", LogLevel.None);
        logging.AddProvider(new LogfmtLoggerProvider(options, TimeProvider.System));
        return logging;
    }
}
