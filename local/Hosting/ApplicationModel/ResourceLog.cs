using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The last lines of one resource, and who reads them.</summary>
internal sealed class ResourceLog(TimeProvider time)
{
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _kept = new();
    private readonly List<Channel<LogLine>> _watchers = [];
    private int _lineNumber;

    public ILogger Logger => new LineLogger(this);

    /// <summary>Called with each line, for whoever keeps the log on disk.</summary>
    public Action<LogLine>? Written
    {
        get;
        set
        {
            lock (_lock)
            {
                field = value;
            }
        }
    }

    public void Write(string text, bool isError)
    {
        var stamp = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            var line = new LogLine(++_lineNumber, $"{stamp} {text}", isError);
            _kept.Enqueue(line);
            if (_kept.Count > Capacity)
            {
                _kept.Dequeue();
            }

            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(line);
            }

            Written?.Invoke(line);
        }
    }

    public IReadOnlyList<LogLine> Kept()
    {
        lock (_lock)
        {
            return [.. _kept];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _kept.Clear();
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete();
            }

            _watchers.Clear();
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<LogLine>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var line in _kept)
            {
                channel.Writer.TryWrite(line);
            }

            _watchers.Add(channel);
        }

        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                List<LogLine> batch = [];
                while (batch.Count < 1000 && channel.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    private sealed class LineLogger(ResourceLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            log.Write(exception is null ? text : $"{text}{Environment.NewLine}{exception}", logLevel >= LogLevel.Error);
        }
    }
}
