using System.Diagnostics;
using System.Globalization;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Runs one sidecar from its options to its end.</summary>
internal static partial class SidecarHost
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _lastSpansWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _again = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(SidecarOptions options, Func<string, string?> environment)
    {
        var started = Stopwatch.GetTimestamp();
        // Read while the server is put together: each is a good part of the time until it listens.
        var loading = ResourceLoading.Start(options);
        using var loggers = SidecarLog.Create(options);
        var logger = loggers.CreateLogger("dapr.runtime");
        SayStart(options, logger);
        using var server = new WebServer(loggers);
        using var lifetime = new SidecarLifetime(TimeProvider.System);
        var parts = await SidecarParts.CreateAsync(options, loading.Configuration, environment, lifetime, loggers);
        using var runtime = parts.Runtime;
        Listeners.Configure(server.Settings, options, parts.Hops, parts.Metrics.IsEnabled);
        var binding = Task.Run(() => StartAsync(server, parts.Ports, options)); // takes as long as the resources do
        var (snapshot, traceExport) = await LoadAsync();
        using var traces = traceExport;
        parts.Shutdown.BeforeCutOff(() => traceExport?.Flush(_lastSpansWithin));
        using var signals = new StopSignals(parts.Shutdown);
        using var registration = new Registration(parts.Registrations, parts.Self, logger);
        await binding;
        server.Open();
        await registration.AnnounceAsync();
        SayListening(parts, options, logger);
        Log.Initialized(logger, Stopwatch.GetElapsedTime(started).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture));
        Log.Serving(logger, runtime.Describe());

        _ = parts.Reloader.RunAsync(new SnapshotLife(snapshot, lifetime.Stopping), lifetime.Stopping);
        _ = WatchAppAsync(parts, snapshot, lifetime.Stopping);
        _ = ContinueWorkflowsAsync(parts, logger, lifetime.Stopping);
        _ = CompilerMemory.GiveBackAsync(TimeProvider.System, lifetime.Stopping);
        _ = ExecutableMemory.GiveBackAsync(TimeProvider.System, lifetime.Stopping);
        return await RunToEndAsync(server, parts, lifetime, options);

        async Task<(RuntimeSnapshot Snapshot, TraceExport? Traces)> LoadAsync()
        {
            try
            {
                var loaded = runtime.Load(await loading.Resources);
                return (loaded, TraceExport.Start(options, loaded.Configuration.Tracing, environment, loggers));
            }
            catch
            {
                await binding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the server is not ended while it starts
                throw;
            }
        }
    }

    private static void SayStart(SidecarOptions options, ILogger logger)
    {
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
    }

    /// <summary>Numbers as text: each other type would be a dozen methods to compile before the sidecar is ready.</summary>
    private static void SayListening(SidecarParts parts, SidecarOptions options, ILogger logger)
    {
        if (parts.Metrics.IsEnabled)
        {
            Log.Metrics(logger, string.Create(CultureInfo.InvariantCulture, $"{options.MetricsListenAddress}:{options.MetricsPort}"));
        }

        if (parts.TokenGate.IsEnabled)
        {
            Log.Token(logger);
        }

        var port = options.HttpPort.ToString(CultureInfo.InvariantCulture);
        Log.Listening(logger, $"{string.Join(",", options.ListenAddresses)}:{port}");
        Log.ServingOn(logger, port);
    }

    private static async Task WatchAppAsync(SidecarParts parts, RuntimeSnapshot snapshot, CancellationToken stopping)
    {
        await parts.Readiness.WaitForAppAsync(() => parts.AppHealth.IsEnabled ? Task.CompletedTask : StartWithAppAsync(parts, stopping), stopping);
        if (parts.AppHealth.IsEnabled)
        {
            _ = parts.StartCall.RunAsync(stopping);
        }

        if (snapshot.App is { } target)
        {
            await parts.AppHealth.RunAsync(target.Client, target.BaseUrl, stopping);
        }
    }

    /// <summary>Where nobody asks for the app's health the sidecar is ready when the app has been asked all there is to ask.</summary>
    private static async Task StartWithAppAsync(SidecarParts parts, CancellationToken stopping)
    {
        await parts.StartCall.RunAsync(stopping);
        await parts.Feeds.StartFeedsAsync(stopping);
    }

    /// <summary>What an earlier process left is run again once the MCP servers are there.</summary>
    private static async Task ContinueWorkflowsAsync(SidecarParts parts, ILogger logger, CancellationToken stopping)
    {
        var runtime = parts.Runtime.Current;
        if (runtime.WorkflowState is null)
        {
            return;
        }

        Log.WorkflowsStarted(logger);
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_poll, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            runtime = parts.Runtime.Current;
            if (!runtime.IsReady)
            {
                continue;
            }

            try
            {
                await parts.Workflows.ContinueAsync(runtime);
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Log.Warning(logger, $"not all workflows of an earlier process could be looked at, they are looked at again: {exception.Message}");
                await Task.Delay(_again, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task StartAsync(WebServer server, PortDispatcher ports, SidecarOptions options)
    {
        try
        {
            await server.StartAsync(ports.HandleAsync);
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

    private static async Task<int> RunToEndAsync(WebServer server, SidecarParts parts, SidecarLifetime lifetime, SidecarOptions options)
    {
        var stopped = StopAsync(server, parts, lifetime, options);
        if (options.AppCommand.Count > 0)
        {
            return await new AppRun(options, parts.Metadata, parts.Shutdown, lifetime).RunAsync(stopped);
        }

        await stopped;
        return parts.Shutdown.ExitCode();
    }

    /// <summary>What is on its way to the app is finished first: the app may call the sidecar for it.</summary>
    private static async Task StopAsync(WebServer server, SidecarParts parts, SidecarLifetime lifetime, SidecarOptions options)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, lifetime.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var limit = new CancellationTokenSource(ShutdownSequence.ServerTimeout(options));
        await Task.WhenAll(parts.Feeds.StopFeedsAsync(), parts.Workflows.StopAsync()).WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.StopAsync(ShutdownSequence.ServerTimeout(options));
        await parts.Runtime.Current.McpServers.EndAsync().WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        public static partial void ServingOn(ILogger logger, string port);

        [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
        public static partial void Warning(ILogger logger, string warning);

        [LoggerMessage(3, LogLevel.Information, "HTTP server listening on TCP address: {Addresses}")]
        public static partial void Listening(ILogger logger, string addresses);

        [LoggerMessage(4, LogLevel.Information, "dapr initialized. Status: Running. Init Elapsed {Milliseconds}ms")]
        public static partial void Initialized(ILogger logger, string milliseconds);

        [LoggerMessage(6, LogLevel.Information, "metrics server started on {Address}/")]
        public static partial void Metrics(ILogger logger, string address);

        [LoggerMessage(10, LogLevel.Information, "Workflow engine started")]
        public static partial void WorkflowsStarted(ILogger logger);

        [LoggerMessage(5, LogLevel.Information, "{Description}")]
        public static partial void Serving(ILogger logger, string description);
    }
}
