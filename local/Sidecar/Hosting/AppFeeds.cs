using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.PubSub;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// All feeds of the app, made when a resource asks for one. At the end they stop before the API does: what is on its way to the app
/// is finished, and the app may call the sidecar for that.
/// </summary>
/// <param name="subscriptions">Makes them when there is a pub/sub component.</param>
/// <param name="inputs">Makes them when there is an input binding.</param>
internal sealed class AppFeeds(Func<Subscriptions> subscriptions, Func<InputBindings> inputs)
{
    private readonly Lock _lock = new();
    private readonly List<IAppFeed> _feeds = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Subscriptions? _subscriptions;
    private InputBindings? _inputs;
    private Task? _stopped;
    private bool _isStarted;

    /// <summary>Null: there is no pub/sub component.</summary>
    public Subscriptions? Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Done when nothing begins any more, and nothing is under way.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Other resources have become the current ones.</summary>
    public Task UseAsync(RuntimeSnapshot runtime)
    {
        IAppFeed[] feeds;
        lock (_lock)
        {
            if (_subscriptions is null && runtime.Embedded.All<IPubSub>().Any())
            {
                Add(_subscriptions = subscriptions());
            }

            if (_inputs is null && runtime.Embedded.All<IInputBinding>().Any())
            {
                Add(_inputs = inputs());
            }

            feeds = [.. _feeds];
        }

        return Task.WhenAll(feeds.Select(feed => UseAsync(feed, runtime)));
    }

    public Task StartFeedsAsync(CancellationToken cancellationToken)
    {
        IAppFeed[] feeds;
        lock (_lock)
        {
            _isStarted = true;
            feeds = [.. _feeds];
        }

        return Task.WhenAll(feeds.Select(feed => feed.StartAsync(cancellationToken)));
    }

    public void Pause()
    {
        lock (_lock)
        {
            _isStarted = false;
            _feeds.ForEach(feed => feed.Pause());
        }
    }

    /// <summary>Nothing begins any more; done when nothing is under way.</summary>
    public Task StopFeedsAsync()
    {
        lock (_lock)
        {
            return _stopped ??= EndAsync();
        }
    }

    private async Task EndAsync()
    {
        await Task.WhenAll(_feeds.Select(feed => feed.StopAsync()));
        _ended.TrySetResult();
    }

    private void Add(IAppFeed feed)
    {
        if (_stopped is null)
        {
            _feeds.Add(feed);
        }
    }

    /// <summary>One that a reload brought starts now, if the app is up.</summary>
    private async Task UseAsync(IAppFeed feed, RuntimeSnapshot runtime)
    {
        await feed.UseAsync(runtime);
        if (Volatile.Read(ref _isStarted))
        {
            await feed.StartAsync(CancellationToken.None);
        }
    }
}
