using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.PubSub;
using McpAspire.Sidecar.Telemetry;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Puts the feeds of an app together, by the protocol that it speaks; nothing of them is made before a resource asks for it.</summary>
internal static class Feeding
{
    public static AppFeeds Of(AppCall app, IAppCallbacks? callbacks, SidecarOptions options, SidecarTracer tracer, SidecarMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        return new AppFeeds(Subscriptions, Inputs);

        Subscriptions Subscriptions() => new(
            options,
            new ProgrammaticSubscriptions(app, callbacks, options, loggers.CreateLogger<ProgrammaticSubscriptions>()),
            new AppEventReceiver(app, callbacks, tracer, loggers.CreateLogger<AppEventReceiver>()),
            metrics,
            time,
            loggers.CreateLogger<Subscriptions>());

        InputBindings Inputs() => new(options, new BindingApp(app, callbacks, tracer), metrics, time, loggers.CreateLogger<InputBindings>());
    }
}
