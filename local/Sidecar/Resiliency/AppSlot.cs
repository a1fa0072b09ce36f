namespace McpAspire.Sidecar.Resiliency;

/// <summary>One call's place among the <c>--app-max-concurrency</c> calls that the app gets at a time; given back while the call waits for a retry.</summary>
internal sealed class AppSlot(SemaphoreSlim slots)
{
    private bool _isHeld;

    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        _isHeld = true;
    }

    public void Leave()
    {
        if (_isHeld)
        {
            _isHeld = false;
            slots.Release();
        }
    }
}
