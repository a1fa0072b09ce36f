using McpAspire.Sidecar.CommandLine;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// From the wish to end to the end, as daprd: calls are served on for as long as <c>--dapr-block-shutdown-duration</c>
/// says or until the app is not healthy, then no more are accepted and those in flight may finish.
/// </summary>
internal sealed partial class ShutdownSequence
{
    private readonly SidecarOptions _options;
    private readonly SidecarLifetime _lifetime;
    private readonly AppHealthMonitor _health;
    private readonly AppFeeds _feeds;
    private readonly TimeProvider _time;
    private readonly ILogger<ShutdownSequence> _logger;
    private Action? _beforeCutOff;
    private int _isRequested;
    private volatile bool _isGraceful;

    public ShutdownSequence(SidecarOptions options, SidecarLifetime lifetime, AppHealthMonitor health, AppFeeds feeds, TimeProvider time, ILogger<ShutdownSequence> logger)
    {
        (_options, _lifetime, _health, _feeds, _time, _logger) = (options, lifetime, health, feeds, time, logger);
        lifetime.Stopping.Register(() => _ = CutOffAsync());
    }

    /// <summary>How long the server waits for calls in flight: where the process cuts them off itself, a little longer.</summary>
    public static TimeSpan ServerTimeout(SidecarOptions options)
        => CutsOff(options) ? options.GracefulShutdown + TimeSpan.FromSeconds(5) : options.GracefulShutdown;

    /// <summary>Begins the end; a second wish changes nothing.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _isRequested, 1) == 0)
        {
            _ = EndAsync();
        }
    }

    /// <summary>Is called before the process ends with calls under way; has to return soon.</summary>
    public void BeforeCutOff(Action action) => _beforeCutOff = action;

    /// <summary>0, or 1 when calls had to be cut off.</summary>
    public int ExitCode()
    {
        // What the server waited for in full was still not done.
        if (_options.GracefulShutdown > TimeSpan.Zero && _lifetime.SinceStop >= _options.GracefulShutdown)
        {
            Log.Forced(_logger);
            return 1;
        }

        _isGraceful = true;
        Log.Graceful(_logger);
        return 0;
    }

    /// <summary>
    /// The process ends with its connections, which callers see as the end of a stream; a server that aborts them resets
    /// them. With an app as a child there is more to end.
    /// </summary>
    private async Task CutOffAsync()
    {
        if (CutsOff(_options))
        {
            await Task.Delay(_options.GracefulShutdown, _time);
            if (_isGraceful)
            {
                Environment.Exit(0); // no call is under way; what takes its time is the rest, such as a collector that does not take the last spans
            }

            Log.Forced(_logger);
            _beforeCutOff?.Invoke();
            Environment.Exit(1);
        }
    }

    private static bool CutsOff(SidecarOptions options) => options.GracefulShutdown > TimeSpan.Zero && options.AppCommand.Count == 0;

    private async Task EndAsync()
    {
        if (_options.BlockShutdown is { } duration)
        {
            _ = _feeds.StopFeedsAsync();
            Log.Blocking(_logger, GoText(duration));
            var unhealthy = _health.Unhealthy;
            var expired = Task.Delay(duration, _time, _lifetime.Stopping);
            var first = await Task.WhenAny(unhealthy, expired);
            if (first == unhealthy)
            {
                Log.Unhealthy(_logger);
            }
            else if (!expired.IsCanceled)
            {
                Log.Expired(_logger);
            }
        }

        _lifetime.Stop();
    }

    /// <summary>As Go writes it: 3m0s, 2s, 1.5s.</summary>
    private static string GoText(TimeSpan duration)
    {
        FormattableString text = duration switch
        {
            { TotalHours: >= 1 } => $"{(int)duration.TotalHours}h{duration.Minutes}m{duration.TotalSeconds % 60:0.###}s",
            { TotalMinutes: >= 1 } => $"{duration.Minutes}m{duration.TotalSeconds % 60:0.###}s",
            { TotalSeconds: >= 1 } => $"{duration.TotalSeconds:0.###}s",
            _ => $"{duration.TotalMilliseconds:0.###}ms",
        };
        return FormattableString.Invariant(text);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Blocking graceful shutdown for {Duration} or until app reports unhealthy...")]
        public static partial void Blocking(ILogger logger, string duration);

        [LoggerMessage(2, LogLevel.Information, "Block shutdown period expired, entering shutdown...")]
        public static partial void Expired(ILogger logger);

        [LoggerMessage(3, LogLevel.Information, "App reported unhealthy, entering shutdown...")]
        public static partial void Unhealthy(ILogger logger);

        [LoggerMessage(4, LogLevel.Information, "Daprd shutdown gracefully")]
        public static partial void Graceful(ILogger logger);

        [LoggerMessage(5, LogLevel.Error, "Graceful shutdown timeout exceeded, forcing shutdown")]
        public static partial void Forced(ILogger logger);
    }
}
