using System.Diagnostics;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>
/// Makes streaming visible without a clock: the app sends a part only when the caller has the one before, or after
/// <see cref="_patience"/>, which then shows that something on the way held it back.
/// </summary>
internal sealed class EventPace
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<double> _seen = [];
    private readonly List<bool> _inTime = [];
    private readonly TaskCompletionSource _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SemaphoreSlim Parts { get; } = new(0);

    /// <summary>When the caller had the headers, in milliseconds.</summary>
    public double? HeadersAt { get; private set; }

    /// <summary>When the caller had each part.</summary>
    public IReadOnlyList<double> SeenAt => _seen;

    /// <summary>Whether the caller had what came before a part when that was sent; for the first part: the headers.</summary>
    public IReadOnlyList<bool> InTime => _inTime;

    public void SawHeaders()
    {
        HeadersAt ??= Stopwatch.GetElapsedTime(_started).TotalMilliseconds;
        _headers.TrySetResult();
    }

    public void SawPart()
    {
        _seen.Add(Stopwatch.GetElapsedTime(_started).TotalMilliseconds);
        Parts.Release();
    }

    /// <summary>Waits for the part before; <paramref name="held"/>: the first part waits for the headers.</summary>
    public async Task BeforeAsync(int part, bool held)
    {
        if (part > 0)
        {
            _inTime.Add(await Parts.WaitAsync(_patience));
        }
        else if (held)
        {
            _inTime.Add(await Task.WhenAny(_headers.Task, Task.Delay(_patience)) == _headers.Task);
        }
        else
        {
            _inTime.Add(false);
        }
    }
}
