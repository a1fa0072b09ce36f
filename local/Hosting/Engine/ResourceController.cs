using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Engine;

/// <summary>Starts and stops the process of one resource, one request at a time, and says what becomes of it.</summary>
internal sealed partial class ResourceController(
    IResource resource,
    ProcessPlanner planner,
    ProcessSupervisor supervisor,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    SecretMask mask,
    IDistributedApplicationEventing eventing,
    IServiceProvider services) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ILogger _log = loggers.GetLogger(resource);
    private CancellationTokenSource _starting = new();
    private ChildProcess? _process;
    private Task _observation = Task.CompletedTask;
    private volatile bool _isStopping;
    private bool _isDisposed;

    public IResource Resource => resource;

    /// <summary>Starts the process, after what it waits for unless someone asked for it.</summary>
    public async Task<bool> StartAsync(bool waits, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isDisposed || _process is not null)
            {
                return _process is not null;
            }

            using var start = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _starting.Token);
            return await StartInTurnAsync(waits, start.Token).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops the process, or gives up its start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        await _starting.CancelAsync().ConfigureAwait(false);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_process is { } process)
            {
                await PublishAsync(s => s with { State = KnownResourceStates.Stopping }).ConfigureAwait(false);
                await process.StopAsync().ConfigureAwait(false);
                await _observation.ConfigureAwait(false);
            }

            _starting.Dispose();
            _starting = new CancellationTokenSource();
            _isStopping = false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<bool> StartInTurnAsync(bool waits, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(s => ResourceSnapshots.Starting(s)).ConfigureAwait(false);
            if (waits)
            {
                await notifications.WaitForDependenciesAsync(resource, cancellationToken).ConfigureAwait(false);
            }

            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken).ConfigureAwait(false);
            await PublishAsync(s => s with { State = KnownResourceStates.Starting }).ConfigureAwait(false);

            var spec = await planner.PlanAsync(resource, cancellationToken).ConfigureAwait(false);
            var process = supervisor.Start(spec, (line, isError) => loggers.Log(resource.Name).Write(mask.Apply(line), isError));
            _process = process;
            await PublishAsync(s => ResourceSnapshots.Running(s, resource, spec, process.Id, mask)).ConfigureAwait(false);
            _observation = ObserveAsync(process);
            return true;
        }
        catch (OperationCanceledException)
        {
            await PublishAsync(s => s with { State = KnownResourceStates.NotStarted }).ConfigureAwait(false);
            return false;
        }
        catch (Exception e)
        {
            var reason = mask.Apply(e.Message);
            LogFailedStart(_log, reason);
            if (e is not DistributedApplicationException)
            {
                LogFailedStartDetails(_log, e);
            }

            await PublishAsync(s => ResourceSnapshots.FailedToStart(s, reason)).ConfigureAwait(false);
            return false;
        }
    }

    private async Task ObserveAsync(ChildProcess process)
    {
        var code = await process.Exited.ConfigureAwait(false);
        _process = null;
        LogExit(_log, code);
        var wasStopped = _isStopping;
        var reason = wasStopped || code == 0 ? null : string.Join(Environment.NewLine, process.LastLines().Select(mask.Apply));
        await PublishAsync(s => ResourceSnapshots.Ended(s, code, wasStopped, reason)).ConfigureAwait(false);
        process.Dispose();
        if (notifications.TryGetCurrentState(ResourceInstance.Of(resource).Id, out var state))
        {
            await PublishStoppedAsync(state).ConfigureAwait(false);
        }
    }

    private async Task PublishStoppedAsync(ResourceEvent state)
    {
        try
        {
            await eventing.PublishAsync(new ResourceStoppedEvent(resource, services, state)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogSubscriberFailed(_log, e);
        }
    }

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => notifications.PublishUpdateAsync(resource, change);

    [LoggerMessage(Level = LogLevel.Error, Message = "The resource could not be started: {Reason}")]
    private static partial void LogFailedStart(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Details")]
    private static partial void LogFailedStartDetails(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The process ended with exit code {ExitCode}")]
    private static partial void LogExit(ILogger logger, int exitCode);

    [LoggerMessage(Level = LogLevel.Error, Message = "A subscriber of the end of the resource failed")]
    private static partial void LogSubscriberFailed(ILogger logger, Exception exception);
}
