namespace McpAspire.Sidecar.Workflows;

/// <summary>An instance under way in this process. What it is at this moment is changed under its lock alone.</summary>
internal sealed class RunningWorkflow(WorkflowInstance instance) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _pause;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isKept;
    private volatile bool _isCalling;

    public SemaphoreSlim Lock { get; } = new(1, 1);

    public WorkflowInstance Instance
    {
        get;
        set
        {
            field = value;
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    } = instance;

    /// <summary>It is in the store: before that nobody hears of it.</summary>
    public bool IsKept
    {
        get => _isKept;
        set => _isKept = value;
    }

    /// <summary>Its call has begun: before that it only waits, and can be left to the next start.</summary>
    public bool IsCalling
    {
        get => _isCalling;
        set => _isCalling = value;
    }

    /// <summary>Its end is in the store.</summary>
    public bool IsEndKept { get; set; }

    /// <summary>Of its input, in characters.</summary>
    public long Size { get; } = instance.Input?.Length ?? 0;

    /// <summary>It was terminated.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Done when it is kept as it ended, or is left to the next start of the sidecar.</summary>
    public Task Over => _over.Task;

    /// <summary>Done when <see cref="Instance"/> is another than at this moment.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Done while it is not suspended.</summary>
    public Task Resumed => Volatile.Read(ref _pause)?.Task ?? Task.CompletedTask;

    public void Cancel() => _end.Cancel();

    public void Suspend() => Interlocked.CompareExchange(ref _pause, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    public void Resume() => Interlocked.Exchange(ref _pause, null)?.TrySetResult();

    public void Dispose()
    {
        _over.TrySetResult();
        _end.Dispose();
    }
}
