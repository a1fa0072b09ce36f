namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>How long to wait before a stream that broke is opened again.</summary>
internal sealed class Reopening
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    private TimeSpan _next = _first;

    /// <summary>The first failure since it last worked.</summary>
    public bool IsNew => _next == _first;

    public TimeSpan Next()
    {
        var wait = _next;
        _next = wait * 2 < _longest ? wait * 2 : _longest;
        return wait;
    }

    public void Reset() => _next = _first;
}
