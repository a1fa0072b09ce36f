using Grpc.Core;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.PubSub;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Pub/sub in another process: each subscription has a stream of its own, on which a message is told of when the app has handled the one before.</summary>
internal sealed class PluggablePubSub(ComponentConnection connection, TopicScopes scopes, IReadOnlyList<string> features, TimeProvider time, ILogger logger) : IPubSub
{
    private static readonly TimeSpan _pauseWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _drainWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(20);

    /// <summary>So often nothing was on its way: then nothing comes any more.</summary>
    private const int CalmPolls = 5;

    private readonly Protocol.PubSub.PubSubClient _pubSub = new(connection.Invoker);
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicQueue, PullStream> _streams = [];
    private bool _isDisposed;

    public IReadOnlyList<string> Capabilities => features;

    public TopicScopes Scopes => scopes;

    public bool DeliversBulksAtOnce => features.Contains("BULK_SUBSCRIBE_IMMEDIATE");

    public async ValueTask<PublishFailure?> PublishAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        var request = new PublishRequest { PubsubName = connection.Name, Topic = message.Topic, Data = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(message.Data), Metadata = { message.Metadata.ToDictionary() } };
        try
        {
            await connection.CallAsync(options => _pubSub.PublishAsync(request, options), cancellationToken);
            return null;
        }
        catch (RpcException exception)
        {
            return new PublishFailure(ComponentStatus.Text(exception)) { GrpcStatus = (int)exception.StatusCode };
        }
    }

    public async ValueTask<PublishFailure?> PublishAllAsync(IReadOnlyList<PubSubMessage> messages, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var failed = features.Contains("BULK_PUBLISH") ? await PublishBulkAsync(messages, metadata, cancellationToken) : await PublishEachAsync(messages, cancellationToken);
        return failed.Count == 0 ? null : new PublishFailure(failed.Values.First()) { Entries = failed };
    }

    public void Attach(TopicQueue queue)
    {
        lock (_lock)
        {
            if (!_isDisposed && !_streams.ContainsKey(queue))
            {
                _streams.Add(queue, new PullStream(connection, queue, time, logger));
            }
        }
    }

    public Task DetachAsync(TopicQueue queue)
    {
        lock (_lock)
        {
            return _streams.Remove(queue, out var stream) ? stream.StopAsync() : Task.CompletedTask;
        }
    }

    public async Task PauseAsync()
    {
        using var limit = new CancellationTokenSource(_pauseWithin, time);
        try
        {
            await connection.CallAsync(options => _pubSub.PauseAsync(new PauseRequest(), options), limit.Token);
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            return; // it cannot, or does not answer: its streams are closed all the same
        }

        var started = time.GetTimestamp();
        for (var calm = 0; calm < CalmPolls && time.GetElapsedTime(started) < _drainWithin; calm = IsBusy() ? 0 : calm + 1)
        {
            await Task.Delay(_poll, time);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var stream in _streams.Values)
            {
                _ = stream.StopAsync();
            }

            _streams.Clear();
        }

        connection.Dispose();
    }

    private async Task<Dictionary<int, string>> PublishBulkAsync(IReadOnlyList<PubSubMessage> messages, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var request = new BulkPublishRequest { PubsubName = connection.Name, Topic = messages.Count > 0 ? messages[0].Topic : string.Empty, Metadata = { metadata.ToDictionary() } };
        request.Entries.AddRange(messages.Select(message => new BulkMessageEntry
        {
            EntryId = message.Id,
            Event = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(message.Data),
            ContentType = message.ContentType,
            Metadata = { message.Metadata.ToDictionary() },
        }));
        try
        {
            var answer = await connection.CallAsync(options => _pubSub.BulkPublishAsync(request, options), cancellationToken);
            var errors = answer.FailedEntries.DistinctBy(entry => entry.EntryId).ToDictionary(entry => entry.EntryId, entry => entry.Error, StringComparer.Ordinal);
            return Enumerable.Range(0, messages.Count).Where(index => errors.ContainsKey(messages[index].Id)).ToDictionary(index => index, index => errors[messages[index].Id]);
        }
        catch (RpcException exception)
        {
            return Enumerable.Range(0, messages.Count).ToDictionary(index => index, _ => ComponentStatus.Text(exception));
        }
    }

    private async Task<Dictionary<int, string>> PublishEachAsync(IReadOnlyList<PubSubMessage> messages, CancellationToken cancellationToken)
    {
        var failed = new Dictionary<int, string>();
        for (var i = 0; i < messages.Count; i++)
        {
            if (await PublishAsync(messages[i], cancellationToken) is { } failure)
            {
                failed.Add(i, failure.Reason);
            }
        }

        return failed;
    }

    private bool IsBusy()
    {
        lock (_lock)
        {
            return _streams.Values.Any(stream => stream.IsBusy);
        }
    }
}
