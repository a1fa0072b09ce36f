using System.Threading.Channels;

namespace McpAspire.Sidecar.PubSub;

/// <summary>
/// The messages that one subscription has not handled yet, in order, one at a time as in Dapr's in-memory component. It holds so
/// many and no more: a publisher is told, instead of memory growing.
/// </summary>
internal sealed class TopicQueue(string topic, Func<PubSubMessage, Task> handle)
{
    public const int MaxMessages = 1000;
    public const long MaxBytes = 16 * 1024 * 1024;

    private readonly Channel<PubSubMessage> _messages = Channel.CreateUnbounded<PubSubMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly string? _prefix = topic.EndsWith('*') ? topic[..^1] : null;
    private volatile TaskCompletionSource? _pause;
    private int _count;
    private long _bytes;

    public string Topic => topic;

    /// <summary>Of the subscription.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = MessageMetadata.None;

    /// <summary>The messages that it holds, the one that is being handled included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Of all these messages.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>A topic of a subscription may end in an asterisk: all topics that begin so, and go on.</summary>
    public bool Takes(string published)
        => published == topic || (_prefix is not null && published.Length > _prefix.Length && published.StartsWith(_prefix, StringComparison.Ordinal));

    /// <summary>One message is always taken, whatever its length: the API limits that.</summary>
    public bool HasRoomFor(int messages, long bytes)
    {
        var count = Count;
        return count + messages <= MaxMessages && (count == 0 || Bytes + bytes <= MaxBytes);
    }

    /// <summary>False: it is complete.</summary>
    public bool Add(PubSubMessage message)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, message.Size);
        if (_messages.Writer.TryWrite(message))
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -message.Size);
        return false;
    }

    /// <summary>No message is added any more; those that it holds are still handled.</summary>
    public void Complete()
    {
        _messages.Writer.TryComplete();
        Resume();
    }

    /// <summary>Begins no further message.</summary>
    public void Pause() => _pause ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        var pause = _pause;
        _pause = null;
        pause?.TrySetResult();
    }

    /// <summary>Handles messages until the queue is complete and empty.</summary>
    public async Task RunAsync()
    {
        await foreach (var message in _messages.Reader.ReadAllAsync())
        {
            if (_pause is { } pause)
            {
                await pause.Task;
            }

            try
            {
                await handle(message);
            }
            finally
            {
                Interlocked.Decrement(ref _count);
                Interlocked.Add(ref _bytes, -message.Size);
            }
        }
    }
}
