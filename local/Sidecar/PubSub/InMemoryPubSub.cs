using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.PubSub;

/// <summary>
/// <c>pubsub.in-memory</c>: from this app to this app. What nobody subscribes to is gone, as in Dapr, and at the end of the sidecar
/// so is everything.
/// </summary>
internal sealed class InMemoryPubSub(TopicScopes scopes) : IPubSub
{
    /// <summary>Of all its subscriptions together.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private static readonly string[] _keys = ["allowedTopics", "consumerID", "protectedTopics", "publishingScopes", "subscriptionScopes"];

    private static readonly PublishFailure _full = new(string.Empty);

    private readonly Lock _lock = new();
    private readonly List<TopicQueue> _queues = [];

    public IReadOnlyList<string> Capabilities { get; } = ["SUBSCRIBE_WILDCARDS"];

    public TopicScopes Scopes => scopes;

    public static InMemoryPubSub Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        foreach (var unknown in settings.Unknown(_keys))
        {
            warnings.Add(unknown);
        }

        return new InMemoryPubSub(TopicScopes.Read(settings, host.Options.AppId));
    }

    public ValueTask<PublishFailure?> PublishAsync(PubSubMessage message, CancellationToken cancellationToken) => new(TryPublish(message) ? null : _full);

    public ValueTask<PublishFailure?> PublishAllAsync(IReadOnlyList<PubSubMessage> messages, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
        => new(TryPublish([.. messages]) ? null : _full);

    /// <summary>All of them to every subscription that wants them, or none to any: false when one has no room.</summary>
    public bool TryPublish(params ReadOnlySpan<PubSubMessage> messages)
    {
        lock (_lock)
        {
            var waiting = 0L;
            foreach (var queue in _queues)
            {
                waiting += queue.Bytes;
                if (!HasRoom(queue, messages))
                {
                    return false;
                }
            }

            if (waiting > MaxBytes)
            {
                return false;
            }

            foreach (var message in messages)
            {
                foreach (var queue in _queues)
                {
                    if (Takes(queue, message))
                    {
                        queue.Add(message);
                    }
                }
            }

            return true;
        }
    }

    public void Attach(TopicQueue queue)
    {
        lock (_lock)
        {
            if (!_queues.Contains(queue))
            {
                _queues.Add(queue);
            }
        }
    }

    public Task DetachAsync(TopicQueue queue)
    {
        lock (_lock)
        {
            _queues.Remove(queue);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }

    private bool Takes(TopicQueue queue, PubSubMessage message) => queue.Takes(message.Topic) && scopes.Reaches(queue.Topic, message.Topic);

    private bool HasRoom(TopicQueue queue, ReadOnlySpan<PubSubMessage> messages)
    {
        var (count, bytes) = (0, 0L);
        foreach (var message in messages)
        {
            if (Takes(queue, message))
            {
                count++;
                bytes += message.Size;
            }
        }

        return count == 0 || queue.HasRoomFor(count, bytes);
    }
}
