using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.McpServers;
using McpAspire.Sidecar.State;

namespace McpAspire.Sidecar.Workflows;

/// <summary>
/// Starts, shows and changes the workflows that are this sidecar's own: those of MCPServer resources. Workflows of an app are not run
/// here. What an instance is was written down before anybody hears of it; one that the end of the process interrupts is run again at
/// the next start, so a tool may be called twice, as in Dapr. Throws <see cref="WorkflowException"/>.
/// </summary>
internal sealed class WorkflowEngine(SidecarOptions options, Func<RuntimeSnapshot> current, WorkflowRunner runner, TimeProvider time)
{
    /// <summary>What begins with it is Dapr's own, and never an app's.</summary>
    private const string ReservedPrefix = "dapr.internal.";

    private const string Unable = "unable to start workflow: failed to start workflow: ";
    private const string Elsewhere = "another process runs it";
    private const int LongestId = 64;
    private const int LongestName = 1024;

    /// <summary>Between two looks at what another process runs.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    /// <summary>One that is over may be held a little longer by what it called.</summary>
    private static readonly TimeSpan _endsWithin = TimeSpan.FromSeconds(10);

    /// <param name="appId">Where a call says that the workflow is; empty: it does not say.</param>
    /// <param name="name">Of a workflow that is to be started.</param>
    public void RefuseOtherApp(string appId, string name = "")
    {
        if (appId.Length > 0 && appId != options.AppId)
        {
            throw WorkflowException.NotStarted(name, $"the app '{appId}' is not the one of this sidecar; workflows of other apps are not part of it");
        }
    }

    /// <returns>The id of the instance.</returns>
    public async Task<string> StartAsync(RuntimeSnapshot runtime, WorkflowStart start, CancellationToken cancellationToken)
    {
        var id = start.Id.Length > 0 ? start.Id : Guid.NewGuid().ToString();
        Check(id, start.Name);
        var store = runner.StoreOf(runtime) ?? throw WorkflowException.NotStarted(start.Name, $"{Unable}{WorkflowException.NoState}");
        if (!start.Name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            throw WorkflowException.NotStarted(start.Name, $"this sidecar runs the workflows of MCPServer resources ({McpWorkflows.Prefix}*), not those of apps");
        }

        if (runner.Refusal(start.Input) is { } refusal)
        {
            throw WorkflowException.NotStarted(start.Name, refusal);
        }

        await EndedAsync(id, cancellationToken);
        var now = time.GetUtcNow();
        var instance = new WorkflowInstance(id, start.Name, start.Input, now)
        {
            Status = start.At > now ? WorkflowStatus.Pending : WorkflowStatus.Running,
            StartsAt = start.At,
            Trace = start.Trace,
        };
        var running = runner.Take(instance) ?? throw Exists(start.Name, id, isActive: true);
        try
        {
            await AddAsync(store, instance, start.IsUnique, cancellationToken);
        }
        catch (Exception exception)
        {
            runner.Abandon(running);
            if (exception is StateException failure)
            {
                throw failure.Problem == StateProblem.ETagMismatch ? Exists(start.Name, id, isActive: true) : WorkflowException.NotStarted(start.Name, Unable + failure.Message);
            }

            throw;
        }

        runner.Begin(running);
        return id;
    }

    /// <summary>Null: there is none of that id.</summary>
    public Task<WorkflowInstance?> FindAsync(RuntimeSnapshot runtime, string id, CancellationToken cancellationToken) => FindAsync(runtime, id, "get", string.Empty, cancellationToken);

    /// <summary>The instance, once it is as <paramref name="isReached"/> wants it; a reload meanwhile does not end the waiting.</summary>
    public async Task<WorkflowInstance?> WaitAsync(string id, Func<WorkflowInstance, bool> isReached, CancellationToken cancellationToken)
    {
        while (true)
        {
            var running = runner.Find(id);
            var changed = running?.Changed;
            var instance = await FindAsync(current(), id, cancellationToken);
            if (instance is null || isReached(instance))
            {
                return instance;
            }

            if (runner.Stopped.IsCompleted)
            {
                throw WorkflowException.Stopping();
            }

            // All of it ends with the caller: nothing of a wait is left behind on an instance.
            using var looked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(
                (changed ?? Task.Delay(_look, time, looked.Token)).WaitAsync(looked.Token),
                (running?.Over ?? runner.Stopped).WaitAsync(looked.Token),
                runner.Stopped.WaitAsync(looked.Token));
            await looked.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public Task TerminateAsync(RuntimeSnapshot runtime, string id, string? output, CancellationToken cancellationToken)
        => ChangeAsync(runtime, id, "terminate", async running =>
        {
            await runner.KeepAsync(running, running.Instance with { Status = WorkflowStatus.Terminated, Output = output });
            running.Cancel();
        }, cancellationToken);

    public Task SuspendAsync(RuntimeSnapshot runtime, string id, CancellationToken cancellationToken)
        => ChangeAsync(runtime, id, "pause", async running =>
        {
            running.Suspend();
            try
            {
                await runner.KeepAsync(running, running.Instance with { Status = WorkflowStatus.Suspended });
            }
            finally
            {
                if (running.Instance.Status != WorkflowStatus.Suspended)
                {
                    running.Resume();
                }
            }
        }, cancellationToken);

    public Task ResumeAsync(RuntimeSnapshot runtime, string id, CancellationToken cancellationToken)
        => ChangeAsync(runtime, id, "resume", async running =>
        {
            var isToCome = running.Instance.StartsAt > time.GetUtcNow();
            await runner.KeepAsync(running, running.Instance with { Status = isToCome ? WorkflowStatus.Pending : WorkflowStatus.Running });
            running.Resume();
        }, cancellationToken);

    /// <summary>None of this sidecar's workflows waits for an event: it is taken, and nothing comes of it.</summary>
    public Task RaiseEventAsync(RuntimeSnapshot runtime, string id, string name, CancellationToken cancellationToken)
    {
        RefuseEmpty(id);
        return name.Length == 0 ? throw WorkflowException.NoEventName() : ChangeAsync(runtime, id, "raise", _ => Task.CompletedTask, cancellationToken, $"failed to raise event {name} on workflow {id}: failed to raise event: ");
    }

    /// <summary>Forgets an instance that is over.</summary>
    public async Task PurgeAsync(RuntimeSnapshot runtime, string id, CancellationToken cancellationToken)
    {
        const string Reading = "failed to fetch workflow state: failed to load workflow metadata: ";
        if (await FindAsync(runtime, id, "purge", Reading, cancellationToken) is not { } instance)
        {
            throw WorkflowException.NotFound(id);
        }

        if (!instance.IsOver)
        {
            throw WorkflowException.NotOver(id);
        }

        await EndedAsync(id, cancellationToken);
        var store = runner.StoreOf(runtime)!;
        try
        {
            switch (await store.ReadAsync(id, cancellationToken))
            {
                case null:
                    return;
                case { Instance.IsOver: true } kept:
                    await store.DeleteAsync(kept);
                    return;
                default:
                    throw WorkflowException.NotOver(id);
            }
        }
        catch (StateException exception)
        {
            throw WorkflowException.NotDone("purge", id, exception.Message);
        }
    }

    private async Task<WorkflowInstance?> FindAsync(RuntimeSnapshot runtime, string id, string verb, string reason, CancellationToken cancellationToken)
    {
        RefuseEmpty(id);
        var store = runner.StoreOf(runtime) ?? throw WorkflowException.NotDone(verb, id, reason + WorkflowException.NoState);
        if (id.Length > LongestId)
        {
            return null; // none has such an id
        }

        try
        {
            return runner.Find(id) is { IsKept: true } running ? running.Instance : await store.FindAsync(id, cancellationToken);
        }
        catch (StateException exception)
        {
            throw WorkflowException.NotDone(verb, id, reason + exception.Message);
        }
    }

    private async Task AddAsync(WorkflowStore store, WorkflowInstance instance, bool isUnique, CancellationToken cancellationToken)
    {
        var earlier = await store.ReadAsync(instance.Id, cancellationToken);
        if (earlier is not null && (isUnique || !earlier.Instance.IsOver))
        {
            throw Exists(instance.Name, instance.Id, !earlier.Instance.IsOver);
        }

        await runner.NoteAsync(store, instance.Id, isRunning: true);
        try
        {
            await store.AddAsync(instance, earlier);
        }
        catch (StateException)
        {
            await runner.NoteAsync(store, instance.Id, isRunning: false);
            throw;
        }
    }

    private async Task EndedAsync(string id, CancellationToken cancellationToken)
    {
        if (runner.Find(id) is { Instance.IsOver: true } running)
        {
            await Task.WhenAny(running.Over, Task.Delay(_endsWithin, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task ChangeAsync(RuntimeSnapshot runtime, string id, string verb, Func<RunningWorkflow, Task> change, CancellationToken cancellationToken, string reason = "")
    {
        while (true)
        {
            if (await FindAsync(runtime, id, verb, reason, cancellationToken) is not { } instance)
            {
                throw verb == "terminate" ? WorkflowException.NotFound(id) : WorkflowException.NoInstance(verb, id, reason);
            }

            if (instance.IsOver)
            {
                return; // as in Dapr there is nothing to do then
            }

            var running = runner.Find(id) ?? throw WorkflowException.NotDone(verb, id, reason + Elsewhere);
            if (await TryChangeAsync(running, id, verb, change, cancellationToken))
            {
                return;
            }
        }
    }

    /// <returns>False: it has come to its end meanwhile, or was never begun.</returns>
    private async Task<bool> TryChangeAsync(RunningWorkflow running, string id, string verb, Func<RunningWorkflow, Task> change, CancellationToken cancellationToken)
    {
        await running.Lock.WaitAsync(cancellationToken);
        try
        {
            if (runner.Find(id) != running)
            {
                return false;
            }

            if (!running.Instance.IsOver)
            {
                await change(running);
            }

            return true;
        }
        catch (StateException exception)
        {
            throw WorkflowException.NotDone(verb, id, exception.Message);
        }
        finally
        {
            running.Lock.Release();
        }
    }

    private static void Check(string id, string name)
    {
        if (id.Length > LongestId)
        {
            throw WorkflowException.LongId(LongestId);
        }

        if (!id.All(character => char.IsLetterOrDigit(character) || character is '_' or '-'))
        {
            throw WorkflowException.InvalidId(id);
        }

        if (name.Length == 0)
        {
            throw WorkflowException.NoName();
        }

        if (name.Length > LongestName)
        {
            throw WorkflowException.NotStarted(name[..LongestId] + "…", $"a name has no more than {LongestName} characters");
        }
    }

    private static void RefuseEmpty(string id)
    {
        if (id.Length == 0)
        {
            throw WorkflowException.NoId();
        }
    }

    private static WorkflowException Exists(string name, string id, bool isActive)
        => WorkflowException.Exists(name, $"{Unable}rpc error: code = AlreadyExists desc = {(isActive ? "an active" : "a")} workflow with ID '{id}' already exists");
}
