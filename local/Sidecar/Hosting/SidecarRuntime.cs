using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.McpServers;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The current snapshot, and the work that goes on beside the requests while it is current.</summary>
internal sealed partial class SidecarRuntime(RuntimeFactory factory, SidecarOptions options, ApiRouter router, Invoker invoker, SidecarMetrics metrics, AppFeeds feeds, ILogger<SidecarRuntime> logger) : IDisposable
{
    private RuntimeSnapshot? _current;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RuntimeSnapshot Current => Volatile.Read(ref _current) ?? throw new InvalidOperationException("No resources are loaded yet.");

    /// <summary>Done when others are the current ones.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Makes a snapshot of the loaded resources and makes it current; an error leaves the earlier one in place.</summary>
    public RuntimeSnapshot Load(ResourceSet resources)
    {
        var snapshot = Make(resources);
        Use(snapshot);
        return snapshot;
    }

    public void Use(RuntimeSnapshot snapshot)
    {
        _ = feeds.UseAsync(snapshot); // first: what is published on the new ones has its subscribers
        var earlier = Interlocked.Exchange(ref _current, snapshot);
        snapshot.Embedded.TakeOverFrom(earlier?.Embedded ?? EmbeddedSet.Empty);
        earlier?.McpServers.DisposeExcept(snapshot.McpServers);
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Ends what was made for a snapshot that is not used after all.</summary>
    public void Discard(RuntimeSnapshot snapshot)
    {
        snapshot.Embedded.DisposeExcept(_current?.Embedded ?? EmbeddedSet.Empty);
        snapshot.McpServers.DisposeExcept(_current?.McpServers ?? McpServerSet.Empty);
    }

    /// <summary>Ends the components and MCP servers of the current resources.</summary>
    public void Dispose()
    {
        _current?.Embedded.DisposeExcept(EmbeddedSet.Empty);
        _current?.McpServers.DisposeExcept(McpServerSet.Empty);
    }

    public RuntimeSnapshot Make(ResourceSet resources)
    {
        var warnings = new List<string>(resources.Warnings);
        var snapshot = factory.Create(resources, _current, router.RouteAsync, invoker.ForwardAsync, warnings);
        foreach (var warning in warnings)
        {
            Log.Warning(logger, warning);
        }

        foreach (var component in snapshot.Components)
        {
            Log.Loaded(logger, component.Name, component.Type, component.Version);
            metrics.Runtime.Loaded(component);
        }

        foreach (var server in snapshot.McpServers.All)
        {
            Log.LoadedServer(logger, server.Settings.Resource.LogName);
        }

        foreach (var resiliency in resources.Policies.Sources)
        {
            metrics.Resiliency.Loaded(resiliency);
        }

        return snapshot;
    }

    public string Describe()
        => $"app id {options.AppId}, {Current.Components.Count} component(s), {Current.Endpoints.Count} HTTPEndpoint(s), httpPipeline [{Names(Current.Configuration.HttpPipeline)}], appHttpPipeline [{Names(Current.Configuration.AppHttpPipeline)}], Resiliency [{string.Join(", ", Current.Resiliencies)}]";

    private static string Names(IReadOnlyList<HandlerReference> handlers) => string.Join(", ", handlers.Select(handler => handler.Name));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Component loaded: {Name} ({Type}/{Version})")]
        public static partial void Loaded(ILogger logger, string name, string type, string version);

        [LoggerMessage(3, LogLevel.Information, "MCPServer loaded: {Name}")]
        public static partial void LoadedServer(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
        public static partial void Warning(ILogger logger, string warning);
    }
}
