using Grpc.Core;
using McpAspire.Sidecar.Components.Pluggable.Protocol;
using McpAspire.Sidecar.PubSub;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>
/// The messages of one subscription, one at a time: the component is told what became of each. The stream is opened again when it breaks.
/// A message that comes when it is to end is neither acknowledged nor refused: the broker has it still.
/// </summary>
internal sealed partial class PullStream
{
    /// <summary>So long the component has to take the last word, as in Dapr.</summary>
    private static readonly TimeSpan _linger = TimeSpan.FromMilliseconds(400);

    private readonly ComponentConnection _connection;
    private readonly TopicQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile bool _isBusy;

    public PullStream(ComponentConnection connection, TopicQueue queue, TimeProvider time, ILogger logger)
    {
        (_connection, _queue, _time, _logger) = (connection, queue, time, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Whether the app has a message.</summary>
    public bool IsBusy => _isBusy;

    public Task StopAsync()
    {
        _stop.Cancel();
        return _running;
    }

    private async Task RunAsync()
    {
        var reopening = new Reopening();
        _connection.Enter();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await PullAsync(reopening);
                }
                catch (RpcException exception) when (!_stop.IsCancellationRequested)
                {
                    Log.Broken(_logger, reopening.IsNew ? LogLevel.Error : LogLevel.Debug, _connection.Name, _queue.Topic, ComponentStatus.Text(exception));
                }

                await Task.Delay(reopening.Next(), _time, _stop.Token);
            }
        }
        catch (Exception exception) when (_stop.IsCancellationRequested && exception is OperationCanceledException or RpcException or ObjectDisposedException)
        {
            // It is to end.
        }
        finally
        {
            _connection.Leave();
        }
    }

    private async Task PullAsync(Reopening reopening)
    {
        await _connection.ReadyAsync(_stop.Token);
        using var cut = new CancellationTokenSource();
        using var call = new Protocol.PubSub.PubSubClient(_connection.Invoker).PullMessages(_connection.Options(cut.Token));
        await call.RequestStream.WriteAsync(new PullMessagesRequest { Topic = new Topic { Name = _queue.Topic, Metadata = { _queue.Metadata.ToDictionary() } } }, cut.Token);
        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
        while (true)
        {
            var next = call.ResponseStream.MoveNext(CancellationToken.None);
            if (await Task.WhenAny(next, stopping) == stopping || !await next)
            {
                return;
            }

            reopening.Reset();
            if (_stop.IsCancellationRequested || await TryDeliverAsync(call.ResponseStream.Current) is not { } word)
            {
                return;
            }

            await call.RequestStream.WriteAsync(word, cut.Token);
            if (_stop.IsCancellationRequested)
            {
                await Task.Delay(_linger, _time, CancellationToken.None);
                await call.RequestStream.CompleteAsync();
                return;
            }
        }
    }

    /// <summary>What to tell the component; null: nothing, because the subscription is over.</summary>
    private async Task<PullMessagesRequest?> TryDeliverAsync(PullMessagesResponse received)
    {
        var delivery = new TaskCompletionSource<Delivery>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new PubSubMessage(received.TopicName.Length > 0 ? received.TopicName : _queue.Topic, received.Data.ToByteArray(), received.Metadata.ToDictionary())
        {
            ContentType = received.ContentType,
            Delivery = delivery,
        };
        _isBusy = true;
        try
        {
            if (!_queue.Add(message))
            {
                return null;
            }

            return await delivery.Task switch
            {
                Delivery.Handled => new PullMessagesRequest { AckMessageId = received.Id },
                Delivery.Failed => new PullMessagesRequest { AckMessageId = received.Id, AckError = new AckMessageError { Message = "the app has not handled the message" } },
                _ => null,
            };
        }
        finally
        {
            _isBusy = false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "Failed to receive pubsub message of '{Name}', topic {Topic}: {Problem}. The subscription is opened again.")]
        public static partial void Broken(ILogger logger, LogLevel level, string name, string topic, string problem);
    }
}
