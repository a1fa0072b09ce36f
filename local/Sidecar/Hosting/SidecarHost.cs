using System.Diagnostics;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Runs one sidecar from its options to its end.</summary>
internal static partial class SidecarHost
{
    public static async Task<int> RunAsync(SidecarOptions options, Func<string, string?> environment)
    {
        var started = Stopwatch.GetTimestamp();
        // Read while the server is put together: each is a third of the time until it listens.
        var loading = Task.Run(() => ResourceLoader.Load(options));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Sidecar" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listeners.Configure(kestrel, options));
        builder.Logging.AddSidecarLog(options);
        builder.Services.AddSidecar(options, loading, environment);
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownSequence.HostTimeout(options));

        await using var app = builder.Build();
        var resources = await loading;
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("dapr.runtime");
        if (options.AppCommand.Count > 0)
        {
            Console.Out.WriteLine($"Starting Dapr with id {options.AppId}. HTTP Port: {options.HttpPort}. gRPC Port: {options.GrpcPort}");
        }

        Log.Starting(logger, MetadataApi.RuntimeVersion);
        Log.Level(logger, LogFormat.Name(options.LogLevel));
        if (options.AppPort == 0)
        {
            Log.Warning(logger, "App channel is not initialized. Did you configure an app-port?");
        }

        foreach (var warning in options.Warnings)
        {
            Log.Warning(logger, warning);
        }

        var runtime = app.Services.GetRequiredService<SidecarRuntime>();
        var snapshot = runtime.Load(resources);
        using var traces = TraceExport.Start(options, resources.Configuration.Tracing, environment);
        var dispatcher = app.Services.GetRequiredService<PortDispatcher>();
        ((IApplicationBuilder)app).Run(dispatcher.HandleAsync);

        await StartAsync(app, options);
        using var registration = Registration.Of(app.Services, logger);
        if (app.Services.GetRequiredService<SidecarMetrics>().IsEnabled)
        {
            Log.Metrics(logger, options.MetricsListenAddress, options.MetricsPort);
        }

        if (app.Services.GetRequiredService<ApiTokenGate>().IsEnabled)
        {
            Log.Token(logger);
        }

        Log.Listening(logger, string.Join(",", options.ListenAddresses), options.HttpPort);
        Log.ServingOn(logger, options.HttpPort);
        Log.Initialized(logger, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Log.Serving(logger, runtime.Describe());

        var stopping = app.Lifetime.ApplicationStopping;
        _ = app.Services.GetRequiredService<ResourceReloader>().RunAsync(new SnapshotLife(snapshot, stopping), stopping);
        _ = WatchAppAsync(app.Services, snapshot, stopping);
        return await RunToEndAsync(app, options);
    }

    private static async Task WatchAppAsync(IServiceProvider services, RuntimeSnapshot snapshot, CancellationToken stopping)
    {
        await services.GetRequiredService<AppReadiness>().WaitForAppAsync(stopping);
        _ = services.GetRequiredService<AppStartCall>().RunAsync(services, stopping);
        if (snapshot.App is { } target)
        {
            await services.GetRequiredService<AppHealthMonitor>().RunAsync(target.Client, target.BaseUrl, stopping);
        }
    }

    private static async Task StartAsync(WebApplication app, SidecarOptions options)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception)
        {
            var reason = exception.InnerException is AddressInUseException ? "it is in use" : exception.Message;
            throw new CommandLineException($"A port of {Ports(options)} cannot be bound: {exception.Message.TrimEnd('.')} ({reason}).");
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new CommandLineException($"An address of --dapr-listen-addresses {string.Join(',', options.ListenAddresses)} cannot be bound: {exception.Message}.");
        }
    }

    private static string Ports(SidecarOptions options)
        => $"--dapr-http-port {options.HttpPort}, --dapr-grpc-port {options.GrpcPort}, --dapr-internal-grpc-port {options.InternalGrpcPort}"
           + (options.PublicPort is { } port ? $", --dapr-public-port {port}" : string.Empty)
           + (options.EnableMetrics ? $", --metrics-port {options.MetricsPort}" : string.Empty);

    private static async Task<int> RunToEndAsync(WebApplication app, SidecarOptions options)
    {
        var stopped = app.WaitForShutdownAsync();
        if (options.AppCommand.Count > 0)
        {
            return await app.Services.GetRequiredService<AppRun>().RunAsync(stopped);
        }

        await stopped;
        return app.Services.GetRequiredService<ShutdownSequence>().ExitCode();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Starting Dapr Runtime -- version {Version} -- commit McpAspire sidecar")]
        public static partial void Starting(ILogger logger, string version);

        [LoggerMessage(7, LogLevel.Information, "Log level set to: {Level}")]
        public static partial void Level(ILogger logger, string level);

        [LoggerMessage(8, LogLevel.Information, "Enabled token authentication on HTTP server")]
        public static partial void Token(ILogger logger);

        [LoggerMessage(9, LogLevel.Information, "HTTP server is running on port {Port}")]
        public static partial void ServingOn(ILogger logger, int port);

        [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
        public static partial void Warning(ILogger logger, string warning);

        [LoggerMessage(3, LogLevel.Information, "HTTP server listening on TCP address: {Addresses}:{Port}")]
        public static partial void Listening(ILogger logger, string addresses, int port);

        [LoggerMessage(4, LogLevel.Information, "dapr initialized. Status: Running. Init Elapsed {Milliseconds:0}ms")]
        public static partial void Initialized(ILogger logger, double milliseconds);

        [LoggerMessage(6, LogLevel.Information, "metrics server started on {Address}:{Port}/")]
        public static partial void Metrics(ILogger logger, string address, int port);

        [LoggerMessage(5, LogLevel.Information, "{Description}")]
        public static partial void Serving(ILogger logger, string description);
    }
}
