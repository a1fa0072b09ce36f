using System.Diagnostics;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resiliency;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Bindings;

/// <summary>The input bindings at work: while the app is up and healthy, and if it wants them.</summary>
internal sealed partial class InputBindings(SidecarOptions options, IBindingApp app, SidecarMetrics metrics, TimeProvider time, ILogger<InputBindings> logger) : IAppFeed
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunningInput> _running = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _ending = [];
    private RuntimeSnapshot? _runtime;
    private bool _isAppUp;
    private bool _isOver;

    public async Task UseAsync(RuntimeSnapshot runtime)
    {
        bool isAppUp;
        lock (_lock)
        {
            _runtime = runtime;
            foreach (var (name, running) in _running.Where(pair => !ReferenceEquals(runtime.Embedded.Find<IInputBinding>(pair.Key), pair.Value.Binding)).ToArray())
            {
                _running.Remove(name);
                End(running);
            }

            isAppUp = _isAppUp;
        }

        if (isAppUp)
        {
            await StartAsync(CancellationToken.None);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.AppPort == 0)
        {
            return;
        }

        (string Name, IInputBinding Binding)[] wanted;
        lock (_lock)
        {
            _isAppUp = true;
            wanted = [.. (_runtime?.Embedded.All<IInputBinding>() ?? []).Select(found => (found.Resource.Name, found.Instance)).Where(found => found.Instance.Route.IsInput && !_running.ContainsKey(found.Name))];
        }

        foreach (var (name, binding) in wanted)
        {
            if (binding.Route.IsExplicit || await IsWantedAsync(name, binding, cancellationToken))
            {
                Run(name, binding);
            }
        }
    }

    public void Pause()
    {
        lock (_lock)
        {
            _isAppUp = false;
            EndAll();
        }
    }

    public Task StopAsync()
    {
        lock (_lock)
        {
            _isOver = true;
            EndAll();
            return Task.WhenAll([.. _ending]);
        }
    }

    private async Task<bool> IsWantedAsync(string name, IInputBinding binding, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.AppBindingOptionsTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (await app.WantsAsync(_runtime!, name, binding.Route.Path, linked.Token))
            {
                return true;
            }

            Log.NotSubscribed(logger, name);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NoAnswer(logger, name);
        }

        return false;
    }

    private void Run(string name, IInputBinding binding)
    {
        lock (_lock)
        {
            if (!_isAppUp || _isOver || !ReferenceEquals(_runtime!.Embedded.Find<IInputBinding>(name), binding) || _running.ContainsKey(name))
            {
                return;
            }

            var stop = new CancellationTokenSource();
            _running[name] = new RunningInput(binding, stop, RunAsync(name, binding, stop.Token));
        }
    }

    private async Task RunAsync(string name, IInputBinding binding, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            await binding.RunAsync(trigger => TriggerAsync(name, binding, trigger, stop), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Its resource is gone, the app is not healthy, or the sidecar stops.
        }
    }

    /// <summary>One that has begun is finished.</summary>
    private async Task<BindingReply> TriggerAsync(string name, IInputBinding binding, BindingEvent trigger, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var reply = _runtime!.ComponentPolicies.Of(name, ComponentKind.Binding, PolicyFlow.Inbound) is { } policy
            ? await TriggerAsync(name, binding, trigger, policy, stop)
            : await app.TriggerAsync(_runtime, name, binding.Route.Path, trigger, CancellationToken.None);
        if (!reply.IsHandled)
        {
            Log.NotHandled(logger, name);
        }

        if (metrics.IsEnabled)
        {
            metrics.Bindings.Triggered(name, reply.IsHandled, Stopwatch.GetElapsedTime(started));
        }

        return reply;
    }

    /// <summary>Tried again for as long as the binding is at work.</summary>
    private async Task<BindingReply> TriggerAsync(string name, IInputBinding binding, BindingEvent trigger, ResilientOperation policy, CancellationToken stop)
    {
        try
        {
            return await policy.RunAsync(
                token => app.TriggerAsync(_runtime!, name, binding.Route.Path, trigger, token),
                reply => reply.IsHandled ? null : new OperationFailure("the app did not handle the event") { HttpStatus = reply.HttpStatus, GrpcStatus = reply.GrpcStatus },
                _ => null,
                CancellationToken.None,
                stop);
        }
        catch (PolicyException exception)
        {
            return new BindingReply(ReadOnlyMemory<byte>.Empty, exception.Message);
        }
    }

    private void EndAll()
    {
        foreach (var running in _running.Values)
        {
            End(running);
        }

        _running.Clear();
    }

    private void End(RunningInput running)
    {
        running.Stop.Cancel();
        if (!running.Task.IsCompleted)
        {
            _ending.Add(running.Task);
            running.Task.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Ended(Task ended)
    {
        lock (_lock)
        {
            _ending.Remove(ended);
        }
    }

    private sealed record RunningInput(IInputBinding Binding, CancellationTokenSource Stop, Task Task);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "app has not subscribed to binding {Name}.")]
        public static partial void NotSubscribed(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Warning, "failed to read from binding {Name}: the app did not say in time whether it wants it")]
        public static partial void NoAnswer(ILogger logger, string name);

        [LoggerMessage(3, LogLevel.Debug, "error from app consumer for binding [{Name}]")]
        public static partial void NotHandled(ILogger logger, string name);
    }
}
