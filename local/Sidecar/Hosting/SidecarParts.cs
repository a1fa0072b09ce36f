using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Cryptography;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Middleware.OAuth2;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.Telemetry;
using McpAspire.Sidecar.Workflows;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The parts of a sidecar, put together by hand: a container takes longer to start than they do.</summary>
internal sealed class SidecarParts
{
    private SidecarParts()
    {
    }

    /// <param name="options">Of the command line.</param>
    /// <param name="loading">The Configuration, which is read while what does not depend on it is made.</param>
    /// <param name="environment">Values of variables.</param>
    /// <param name="lifetime">Is told when the sidecar is to stop.</param>
    /// <param name="loggers">For all parts.</param>
    public static async Task<SidecarParts> CreateAsync(SidecarOptions options, Task<ConfigurationResource> loading, Func<string, string?> environment, SidecarLifetime lifetime, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        var handlers = new HandlerFactory(HttpClients.ForBackchannel(), new SessionStores(time), time, loggers);
        var appChannel = new AppChannel(options);
        var clients = new RuntimeClients(options, appChannel);
        var identity = SidecarIdentity.Create(options);
        var registrations = RegistrationFolder.Of(environment);
        var forwarder = Forwarding.Of(loggers);
        var readiness = new AppReadiness(options, time, loggers.CreateLogger<AppReadiness>());

        var configuration = await loading;
        var tracer = new SidecarTracer(TraceExport.SamplingRate(configuration.Tracing, environment));
        var metrics = new SidecarMetrics(options, configuration.Metrics);
        var appCall = new AppCall(options);
        var feeds = Feeding.Of(appCall, options.IsGrpcApp ? new GrpcCallbacks(appChannel) : null, options, tracer, metrics, time, loggers);
        var health = new AppHealthMonitor(options, metrics, feeds, appChannel, time, loggers.CreateLogger<AppHealthMonitor>());
        var shutdown = new ShutdownSequence(options, lifetime, health, feeds, time, loggers.CreateLogger<ShutdownSequence>());
        var self = identity with { TrustDomain = configuration.AccessControl?.TrustDomain ?? AccessControl.DefaultTrustDomain };

        var invoker = new Invoker(forwarder, options, tracer, health, new AccessGate(metrics), new CallMetrics(metrics));
        var origins = new OriginGate(options);
        var healthApi = new HealthApi(readiness);
        var metadata = new MetadataApi(options, readiness, feeds);
        var secrets = new SecretsApi(metrics);
        var shutdownApi = new ShutdownApi(origins, shutdown, time, loggers.CreateLogger<ShutdownApi>());
        var state = new StateAccess(metrics);
        var publisher = new Publisher(metrics, time);
        var outputs = new OutputBindings(metrics);
        var documents = new DocumentCryptography(metrics, loggers);
        SidecarRuntime? made = null;
        var workflowRunner = new WorkflowRunner(options, () => made!.Current, tracer, time, loggers.CreateLogger<WorkflowRunner>());
        var workflows = new WorkflowEngine(options, () => made!.Current, workflowRunner, time);
        var router = new ApiRouter(origins, healthApi, metadata, secrets, shutdownApi, new StateApi(state), new PublishApi(publisher), new BindingsApi(outputs), new CryptoApi(documents), new WorkflowsApi(workflows), invoker);
        var factory = new RuntimeFactory(options, handlers, environment, time, loggers, clients, new RemoteSidecars(registrations, self, options, time), metrics);
        var runtime = new SidecarRuntime(factory, options, router, invoker, metrics, feeds, loggers.CreateLogger<SidecarRuntime>());
        made = runtime;
        var tokenGate = new ApiTokenGate(options);
        var apiLog = new ApiLog(options, loggers);
        var application = new SidecarApplication(runtime, tracer, metrics, tokenGate, new CorsPolicy(options), apiLog);
        var grpc = new GrpcApi(options, tokenGate, metrics, loggers, () => new DaprParts
        {
            Calls = new ApiCalls(runtime, tracer, metrics, apiLog, options),
            Options = options,
            Readiness = readiness,
            Invoker = invoker,
            Metadata = metadata,
            Secrets = secrets,
            Shutdown = shutdownApi,
            State = state,
            Publisher = publisher,
            OutputBindings = outputs,
            Documents = documents,
            Feeds = feeds,
            Workflows = workflows,
        });
        var hops = new HopApi(runtime, invoker, tracer, metrics);
        return new SidecarParts
        {
            Metrics = metrics,
            Readiness = readiness,
            AppHealth = health,
            Feeds = feeds,
            StartCall = new AppStartCall(runtime, appCall, health, options, time, loggers.CreateLogger<AppStartCall>()),
            Shutdown = shutdown,
            Metadata = metadata,
            TokenGate = tokenGate,
            Registrations = registrations,
            Self = self,
            Hops = new HopConnection(registrations, self),
            Runtime = runtime,
            Workflows = workflowRunner,
            Reloader = new ResourceReloader(runtime, options, time, loggers.CreateLogger<ResourceReloader>()),
            Ports = new PortDispatcher(application, runtime, new HostGate(options), healthApi, metadata, tracer, metrics, hops, grpc, options),
        };
    }

    public required SidecarMetrics Metrics { get; init; }

    public required AppReadiness Readiness { get; init; }

    public required AppHealthMonitor AppHealth { get; init; }

    public required AppFeeds Feeds { get; init; }

    public required AppStartCall StartCall { get; init; }

    public required ShutdownSequence Shutdown { get; init; }

    public required MetadataApi Metadata { get; init; }

    public required ApiTokenGate TokenGate { get; init; }

    public required RegistrationFolder Registrations { get; init; }

    public required SidecarRegistration Self { get; init; }

    public required HopConnection Hops { get; init; }

    public required SidecarRuntime Runtime { get; init; }

    public required WorkflowRunner Workflows { get; init; }

    public required ResourceReloader Reloader { get; init; }

    public required PortDispatcher Ports { get; init; }
}
