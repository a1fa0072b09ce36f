using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Proto = Aspire.Hosting.Dashboard.Protocol;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>
/// One watching dashboard. It remembers which resources changed and not every change, so one that
/// reads slowly costs no memory and gets the newest state.
/// </summary>
internal sealed class ResourceSubscription(ResourceFeed feed) : IDisposable
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _lock = new();
    private readonly HashSet<string> _changed = new(StringComparer.OrdinalIgnoreCase);
    private bool _all = true;

    public void Mark(string resourceId)
    {
        lock (_lock)
        {
            _changed.Add(resourceId);
        }

        _wake.Writer.TryWrite(true);
    }

    public void MarkAll()
    {
        lock (_lock)
        {
            _all = true;
        }

        _wake.Writer.TryWrite(true);
    }

    public async IAsyncEnumerable<Proto.WatchResourcesUpdate> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Take() is { } update)
            {
                yield return update;
            }

            await _wake.Reader.ReadAsync(cancellationToken);
        }
    }

    public void Dispose() => feed.Unsubscribe(this);

    private Proto.WatchResourcesUpdate? Take()
    {
        string[] changed;
        lock (_lock)
        {
            changed = _all ? [] : [.. _changed];
            _changed.Clear();
            if (!_all && changed.Length == 0)
            {
                return null;
            }

            _all = false;
        }

        // Outside the lock: the feed takes its own first and then ours.
        return changed.Length == 0 ? feed.All() : feed.Changes(changed);
    }
}
