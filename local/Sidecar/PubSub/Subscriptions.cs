using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.PubSub;

/// <summary>
/// Which subscriptions there are, and which are at work: those of the resources and of the app, while the app is up and healthy.
/// A reload leaves one alone that it does not change; one that goes handles what it has first.
/// </summary>
internal sealed partial class Subscriptions : IAppFeed
{
    private const int MaxStreams = 100;

    private static readonly TimeSpan _answerWithin = TimeSpan.FromSeconds(10);

    private readonly SidecarOptions _options;
    private readonly IAppSubscriptions _app;
    private readonly IEventReceiver _receiver;
    private readonly SubscriptionHost _host;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _asking = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SubscriptionRunner> _runners = new(StringComparer.Ordinal);
    private readonly List<SubscriptionRunner> _streams = [];
    private readonly HashSet<Task> _ending = [];
    private RuntimeSnapshot? _runtime;
    private IReadOnlyList<TopicSubscription> _declarative = [];
    private IReadOnlyList<TopicSubscription>? _programmatic;
    private bool _isAppUp;
    private bool _isOver;

    public Subscriptions(SidecarOptions options, IAppSubscriptions app, IEventReceiver receiver, SidecarMetrics metrics, TimeProvider time, ILogger<Subscriptions> logger)
    {
        (_options, _app, _receiver, _time, _logger) = (options, app, receiver, time, logger);
        _host = new SubscriptionHost(() => Volatile.Read(ref _runtime)!, metrics, time, logger);
    }

    /// <summary>For the metadata, at work or not; an app's own take the place of a resource's on the same topic, as in Dapr.</summary>
    public IReadOnlyList<TopicSubscription> All
    {
        get
        {
            lock (_lock)
            {
                return [.. AppSubscriptions(), .. _streams.Select(runner => runner.Subscription)];
            }
        }
    }

    public async Task UseAsync(RuntimeSnapshot runtime)
    {
        bool isAppUp;
        lock (_lock)
        {
            _runtime = runtime;
            _declarative = InOrder(runtime.Subscriptions);
            isAppUp = _isAppUp;
            Apply();
        }

        if (isAppUp)
        {
            await AskAsync(runtime, CancellationToken.None);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.AppPort == 0 || Volatile.Read(ref _runtime) is not { } runtime)
        {
            return;
        }

        await AskAsync(runtime, cancellationToken);
        lock (_lock)
        {
            _isAppUp = true;
            foreach (var runner in _runners.Values)
            {
                runner.Queue.Resume();
            }

            Apply();
        }
    }

    /// <summary>Detached, as in Dapr: what is published meanwhile has no subscriber. What waits already goes on waiting.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            _isAppUp = false;
            foreach (var runner in _runners.Values)
            {
                _ = runner.DetachAsync();
                runner.Queue.Pause();
            }
        }
    }

    public async Task StopAsync()
    {
        IPubSub[] components;
        lock (_lock)
        {
            _isOver = true;
            components = [.. _runners.Values.Concat(_streams).Select(runner => runner.Attached).OfType<IPubSub>().Distinct()];
        }

        await Task.WhenAll(components.Select(component => component.PauseAsync()));
        Task[] ending;
        lock (_lock)
        {
            foreach (var runner in _runners.Values.Concat(_streams))
            {
                End(runner);
            }

            _runners.Clear();
            _streams.Clear();
            ending = [.. _ending];
        }

        await Task.WhenAll(ending);
    }

    /// <summary>A subscription for as long as the app holds its stream; its queue is paused at first. Throws what keeps it from being made.</summary>
    public SubscriptionRunner Open(TopicSubscription subscription, IEventReceiver receiver)
    {
        lock (_lock)
        {
            var pubSub = _isOver ? null : _runtime?.Embedded.Find<IPubSub>(subscription.PubSub);
            if (pubSub is null)
            {
                throw new PubSubErrors(subscription.PubSub, subscription.Topic, _options.AppId).NotFound(MessageMetadata.None);
            }

            if (_streams.Count >= MaxStreams)
            {
                throw new InvalidOperationException($"no more than {MaxStreams} streams can be open");
            }

            var runner = new SubscriptionRunner(subscription, receiver, _host);
            _streams.Add(runner);
            runner.Queue.Pause();
            if (pubSub.Scopes.MaySubscribe(subscription.Topic))
            {
                runner.AttachTo(pubSub);
            }
            else
            {
                Log.NotAllowed(_logger, subscription.Topic, subscription.PubSub);
            }

            runner.Start();
            return runner;
        }
    }

    public void Close(SubscriptionRunner runner)
    {
        lock (_lock)
        {
            _streams.Remove(runner);
            _ = runner.DetachAsync();
            runner.CutOff();
        }
    }

    /// <summary>Once, and only when there is something to subscribe to.</summary>
    private async Task AskAsync(RuntimeSnapshot runtime, CancellationToken cancellationToken)
    {
        if (!runtime.Embedded.All<IPubSub>().Any() || Volatile.Read(ref _programmatic) is not null)
        {
            return;
        }

        if (_options.DisableInitSubscribe)
        {
            Log.Skipped(_logger);
            Volatile.Write(ref _programmatic, []);
            return;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_programmatic is not null)
            {
                return;
            }

            using var limit = new CancellationTokenSource(_answerWithin, _time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var found = await _app.AskAsync(runtime, linked.Token);
            lock (_lock)
            {
                _programmatic = found;
                Apply();
            }

            foreach (var topics in (found ?? []).GroupBy(subscription => subscription.PubSub, subscription => subscription.Topic))
            {
                Log.Subscribed(_logger, string.Join(' ', topics), topics.Key);
            }
        }
        catch (OperationCanceledException)
        {
            Log.NoAnswer(_logger, _answerWithin.TotalSeconds);
        }
        finally
        {
            _asking.Release();
        }
    }

    private void Apply()
    {
        if (_runtime is not { } runtime || _isOver)
        {
            return;
        }

        var wanted = new Dictionary<string, (TopicSubscription Subscription, IPubSub PubSub)>(StringComparer.Ordinal);
        foreach (var subscription in AppSubscriptions())
        {
            if (runtime.Embedded.Find<IPubSub>(subscription.PubSub) is { } pubSub && pubSub.Scopes.MaySubscribe(subscription.Topic))
            {
                wanted.TryAdd(subscription.Key(), (subscription, pubSub));
            }
        }

        foreach (var (key, runner) in _runners.Where(pair => !wanted.ContainsKey(pair.Key)).ToArray())
        {
            _runners.Remove(key);
            End(runner);
        }

        foreach (var runner in _streams)
        {
            if (PubSubOf(runner) is { } pubSub && pubSub.Scopes.MaySubscribe(runner.Subscription.Topic))
            {
                runner.AttachTo(pubSub);
            }
        }

        if (!_isAppUp)
        {
            return;
        }

        foreach (var (key, (subscription, pubSub)) in wanted)
        {
            if (!_runners.TryGetValue(key, out var runner))
            {
                _runners[key] = runner = new SubscriptionRunner(subscription, _receiver, _host);
                runner.Start();
            }

            runner.AttachTo(pubSub);
        }
    }

    /// <summary>It is no longer listened to; its last messages are still handled.</summary>
    private void End(SubscriptionRunner runner)
    {
        var ending = Task.WhenAll(runner.DetachAsync(), runner.StopAsync());
        if (!ending.IsCompleted)
        {
            _ending.Add(ending);
            ending.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Ended(Task ending)
    {
        lock (_lock)
        {
            _ending.Remove(ending);
        }
    }

    /// <summary>As in Dapr: those that were there before first, then the ones that are new or changed.</summary>
    private TopicSubscription[] InOrder(IReadOnlyList<TopicSubscription> read)
    {
        var keys = read.Select(subscription => subscription.Key()).ToHashSet(StringComparer.Ordinal);
        var kept = _declarative.Where(subscription => keys.Contains(subscription.Key())).ToArray();
        var earlier = kept.Select(subscription => subscription.Key()).ToHashSet(StringComparer.Ordinal);
        return [.. kept, .. read.Where(subscription => !earlier.Contains(subscription.Key()))];
    }

    private List<TopicSubscription> AppSubscriptions()
    {
        var byTopic = new Dictionary<(string PubSub, string Topic), int>();
        var all = new List<TopicSubscription>();
        foreach (var subscription in _declarative)
        {
            if (byTopic.TryAdd((subscription.PubSub, subscription.Topic), all.Count))
            {
                all.Add(subscription);
            }
        }

        foreach (var subscription in _programmatic ?? [])
        {
            if (byTopic.TryAdd((subscription.PubSub, subscription.Topic), all.Count))
            {
                all.Add(subscription);
            }
            else
            {
                all[byTopic[(subscription.PubSub, subscription.Topic)]] = subscription;
            }
        }

        return all;
    }

    private IPubSub? PubSubOf(SubscriptionRunner runner) => _runtime?.Embedded.Find<IPubSub>(runner.Subscription.PubSub);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "app is subscribed to the following topics: [{Topics}] through pubsub={PubSub}")]
        public static partial void Subscribed(ILogger logger, string topics, string pubSub);

        [LoggerMessage(2, LogLevel.Warning, "Skipping programmatic subscription loading (see 'disable-init-endpoints' flag/annotation)")]
        public static partial void Skipped(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "failed to subscribe to topics: the app did not say within {Seconds:0} s which it wants")]
        public static partial void NoAnswer(ILogger logger, double seconds);

        [LoggerMessage(4, LogLevel.Warning, "subscription to topic '{Topic}' on pubsub '{PubSub}' is not allowed")]
        public static partial void NotAllowed(ILogger logger, string topic, string pubSub);
    }
}
