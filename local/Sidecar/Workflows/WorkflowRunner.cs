using System.Collections.Concurrent;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.McpServers;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.Telemetry;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Workflows;

/// <summary>The instances under way in this process: runs them, keeps what became of them, and goes on with those of an earlier process.</summary>
internal sealed partial class WorkflowRunner(SidecarOptions options, Func<RuntimeSnapshot> current, SidecarTracer tracer, TimeProvider time, ILogger<WorkflowRunner> logger)
{
    private const int MostAtOnce = 10_000;
    private const long MostInput = 64 * 1024 * 1024;

    /// <summary>A timer takes no more than some weeks.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(1);

    /// <summary>Between two tries to keep an end.</summary>
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    /// <summary>How long one waits for its server.</summary>
    private static readonly TimeSpan _serverWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, RunningWorkflow> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _noting = new(1, 1);
    private readonly Lazy<ProcessOwner> _self = new(ProcessOwner.OfThisProcess); // a start without workflows does not wait for it
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _input;
    private volatile bool _isStopping;

    public Task Stopped => _stopped.Task;

    /// <summary>Why nothing more can be started; null: it can.</summary>
    public string? Refusal(string? input)
        => _isStopping ? "the sidecar stops"
            : _running.Count >= MostAtOnce ? $"{MostAtOnce} workflows are under way"
            : Interlocked.Read(ref _input) + (input?.Length ?? 0) > MostInput ? $"the inputs of the workflows under way have {MostInput} characters"
            : null;

    public WorkflowStore? StoreOf(RuntimeSnapshot runtime) => runtime.WorkflowState is { } state ? new WorkflowStore(state, options.AppId, options.Namespace) : null;

    public RunningWorkflow? Find(string id) => _running.GetValueOrDefault(id);

    /// <summary>Null: the id is taken. Its lock is held until <see cref="Begin"/> or <see cref="Abandon"/>.</summary>
    public RunningWorkflow? Take(WorkflowInstance instance)
    {
        var running = new RunningWorkflow(instance);
        running.Lock.Wait(CancellationToken.None); // nobody else has it yet
        if (!_running.TryAdd(instance.Id, running))
        {
            running.Dispose();
            return null;
        }

        Interlocked.Add(ref _input, running.Size);
        return running;
    }

    public void Begin(RunningWorkflow running)
    {
        running.IsKept = true;
        running.Lock.Release();
        _ = RunAsync(running, isContinued: false);
    }

    public void Abandon(RunningWorkflow running)
    {
        Remove(running);
        running.Lock.Release();
    }

    /// <summary>Notes that this process runs it, or that it does not any more.</summary>
    public Task NoteAsync(WorkflowStore store, string id, bool isRunning)
        => NoteAsync(store, owners =>
        {
            if (isRunning)
            {
                owners[id] = _self.Value.Text;
            }
            else
            {
                owners.Remove(id);
            }

            return isRunning;
        });

    /// <summary>Written down first, then seen. Called under its lock.</summary>
    public async Task KeepAsync(RunningWorkflow running, WorkflowInstance next)
    {
        next = next with { UpdatedAt = time.GetUtcNow() };
        await SaveAsync(next);
        (running.Instance, running.IsEndKept) = (next, next.IsOver);
    }

    /// <summary>Runs what an earlier process of this app could not finish. Throws when some of it could not be looked at.</summary>
    public async Task ContinueAsync(RuntimeSnapshot runtime)
    {
        if (StoreOf(runtime) is not { } store)
        {
            return;
        }

        var left = await NoteAsync(store, owners =>
        {
            var mine = owners.Where(owner => !_running.ContainsKey(owner.Key) && (owner.Value == _self.Value.Text || ProcessOwner.IsGone(owner.Value))).Select(owner => owner.Key).ToArray();
            Array.ForEach(mine, id => owners[id] = _self.Value.Text);
            return mine;
        });
        Exception? failure = null;
        foreach (var id in left)
        {
            try
            {
                await ContinueAsync(store, id);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failure = exception;
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>Nothing begins any more; done when no call is under way. What waits is left to the next start.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        Interlocked.MemoryBarrier(); // either this sees a call that begins, or the call sees this
        await Task.WhenAll(_running.Values.Where(running => running.IsCalling && running.Instance.Status == WorkflowStatus.Running).Select(running => running.Over));
        _stopped.TrySetResult();
    }

    private async Task ContinueAsync(WorkflowStore store, string id)
    {
        if (await store.FindAsync(id, CancellationToken.None) is not { IsOver: false } instance)
        {
            await NoteAsync(store, id, isRunning: false);
            return;
        }

        if (Take(instance) is { } running)
        {
            if (instance.Status == WorkflowStatus.Suspended)
            {
                running.Suspend();
            }

            Log.Continued(logger, instance.Name, id);
            running.IsKept = true;
            running.Lock.Release();
            _ = RunAsync(running, isContinued: true);
        }
    }

    private async Task RunAsync(RunningWorkflow running, bool isContinued)
    {
        await Task.Yield();
        var instance = running.Instance;
        WorkflowInstance ended;
        try
        {
            while (instance.StartsAt - time.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait < _longestWait ? wait : _longestWait, time, running.End);
            }

            await BeginAsync(running);
            await running.Resumed.WaitAsync(running.End);
            await WaitForServerAsync(instance.Name, isContinued, running.End);
            running.IsCalling = true;
            Interlocked.MemoryBarrier();
            if (_isStopping)
            {
                Remove(running); // left to the next start; the stop may have seen it as calling, and waits no longer
                return;
            }

            ended = await RunAsync(instance, running.End);
            await running.Resumed.WaitAsync(running.End);
        }
        catch (OperationCanceledException) when (running.End.IsCancellationRequested)
        {
            ended = running.Instance; // terminated, and kept so
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Log.Failed(logger, instance.Name, instance.Id, exception.GetType().Name);
            ended = instance with { Status = WorkflowStatus.Failed, Failure = new WorkflowFailure(exception.GetType().Name, exception.Message) };
        }

        await EndAsync(running, ended);
    }

    private async Task<WorkflowInstance> RunAsync(WorkflowInstance instance, CancellationToken end)
    {
        using var span = CallbackSpan.Start(tracer, $"orchestration||{instance.Name}", instance.Trace, null);
        if (McpWorkflows.Find(current().McpServers, instance.Name) is not { } workflow)
        {
            span.Complete(StatusCodes.Status500InternalServerError);
            return instance with { Status = WorkflowStatus.Failed, Failure = new WorkflowFailure("*errors.errorString", $"workflow named '{instance.Name}' is not registered") };
        }

        var output = await workflow(instance.Input, end);
        span.Complete(StatusCodes.Status200OK, "durabletask.type", "orchestration", "durabletask.task.name", instance.Name, "durabletask.task.instance_id", instance.Id);
        return instance with { Status = WorkflowStatus.Completed, Output = output };
    }

    private async Task BeginAsync(RunningWorkflow running)
    {
        await running.Lock.WaitAsync(running.End);
        try
        {
            if (running.Instance.Status == WorkflowStatus.Pending)
            {
                await KeepAsync(running, running.Instance with { Status = WorkflowStatus.Running });
            }
        }
        finally
        {
            running.Lock.Release();
        }
    }

    /// <summary>After a start its tools may not be known yet: a new one waits for the first try to ask for them, one of an earlier process for more.</summary>
    private async Task WaitForServerAsync(string name, bool isContinued, CancellationToken end)
    {
        var started = time.GetTimestamp();
        while (!_isStopping && McpWorkflows.FindAwaited(current().McpServers, name) is { } server && (isContinued || !server.Tried.IsCompleted) && time.GetElapsedTime(started) < _serverWithin)
        {
            var look = Task.Delay(_look, time, end);
            await (server.Tried.IsCompleted ? look : await Task.WhenAny(look, server.Tried));
        }
    }

    /// <summary>What cannot be kept now is held in memory, and tried again until the sidecar stops; the next start runs it again then.</summary>
    private async Task EndAsync(RunningWorkflow running, WorkflowInstance ended)
    {
        var pause = TimeSpan.FromSeconds(1);
        while (!await TryEndAsync(running, ended) && !_isStopping)
        {
            await Task.WhenAny(Task.Delay(pause, time), _stopped.Task);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }

        Remove(running);
    }

    private async Task<bool> TryEndAsync(RunningWorkflow running, WorkflowInstance ended)
    {
        await running.Lock.WaitAsync();
        try
        {
            if (!running.IsEndKept)
            {
                await KeepEndAsync(running, running.Instance.IsOver ? running.Instance : running.Instance with { Status = ended.Status, Output = ended.Output, Failure = ended.Failure });
            }

            await NoteAsync(Store(), ended.Id, isRunning: false);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Log.NotKept(logger, ended.Name, ended.Id, exception.Message);
            return false;
        }
        finally
        {
            running.Lock.Release();
        }
    }

    /// <summary>What the store has no room for is a failure that it has room for.</summary>
    private async Task KeepEndAsync(RunningWorkflow running, WorkflowInstance ended)
    {
        try
        {
            await KeepAsync(running, ended);
        }
        catch (StateException exception) when (exception.Problem == StateProblem.Full && (ended.Output ?? ended.Input) is not null)
        {
            await KeepAsync(running, ended with { Status = WorkflowStatus.Failed, Input = null, Output = null, Failure = new WorkflowFailure("StateStore", $"the output could not be kept: {exception.Message}") });
        }
        catch
        {
            running.Instance = ended with { UpdatedAt = time.GetUtcNow() };
            throw;
        }
    }

    private ValueTask SaveAsync(WorkflowInstance instance) => Store().SaveAsync(instance, current().Configuration.Workflow.RetentionOf(instance.Status));

    /// <summary>That of this moment: a reload may have brought another one.</summary>
    private WorkflowStore Store() => StoreOf(current()) ?? throw new StateException(StateProblem.Other, WorkflowException.NoState);

    /// <summary>One at a time: in a process they would only be in each other's way.</summary>
    private async Task<T> NoteAsync<T>(WorkflowStore store, Func<Dictionary<string, string>, T> change)
    {
        await _noting.WaitAsync();
        try
        {
            return await store.NoteAsync(change);
        }
        finally
        {
            _noting.Release();
        }
    }

    private void Remove(RunningWorkflow running)
    {
        if (_running.TryRemove(KeyValuePair.Create(running.Instance.Id, running)))
        {
            Interlocked.Add(ref _input, -running.Size);
        }

        running.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Workflow {Name} ({Id}) of an earlier process is run again")]
        public static partial void Continued(ILogger logger, string name, string id);

        [LoggerMessage(2, LogLevel.Warning, "Workflow {Name} ({Id}) failed: {Reason}")]
        public static partial void Failed(ILogger logger, string name, string id, string reason);

        [LoggerMessage(3, LogLevel.Error, "The end of workflow {Name} ({Id}) could not be kept, it is tried again: {Reason}")]
        public static partial void NotKept(ILogger logger, string name, string id, string reason);
    }
}
