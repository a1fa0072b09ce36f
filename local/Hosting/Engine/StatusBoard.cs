using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Engine;

/// <summary>
/// Says at the terminal how the resources are: a line when one becomes healthy or fails, the table once all are
/// healthy, and what is still awaited when that takes long.
/// </summary>
internal sealed class StatusBoard(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    EngineRunFolder folder,
    EngineMode mode,
    TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, CustomResourceSnapshot> _shown = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _reminded = new(StringComparer.OrdinalIgnoreCase);
    private readonly TextWriter _output = Console.Out;
    private long _started;
    private readonly CancellationTokenSource _stopping = new();
    private Task _show = Task.CompletedTask;
    private bool _isTableShown;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!mode.IsInTest)
        {
            _show = ShowAsync(_stopping.Token);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _show.ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        _started = time.GetTimestamp();
        var count = Processes().Count;
        _output.WriteLine($"Starting {count} {(count == 1 ? "resource" : "resources")}, logs in {folder.Path}. Ctrl+C stops {(count == 1 ? "it" : "them")}.");
        using var timer = new PeriodicTimer(Patience, time);
        try
        {
            await Task.WhenAll(FollowAsync(cancellationToken), RemindAsync(timer, cancellationToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!ProcessPlanner.IsProcess(change.Resource))
            {
                continue;
            }

            lock (_shown)
            {
                var previous = _shown.GetValueOrDefault(change.Resource.Name);
                _shown[change.Resource.Name] = change.Snapshot;
                if (StatusLine.Of(change.Resource.Name, previous, change.Snapshot, time.GetElapsedTime(_started)) is { } line)
                {
                    _output.WriteLine(line);
                }

                ShowTableOnce();
            }
        }
    }

    private async Task RemindAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        while (!_isTableShown && await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            lock (_shown)
            {
                foreach (var resource in Processes().Where(r => !IsSettled(r)))
                {
                    Remind(resource.Name, StatusLine.Reason(resource, _shown.GetValueOrDefault(resource.Name)));
                }
            }
        }
    }

    private void Remind(string resource, string reason)
    {
        if (_reminded.GetValueOrDefault(resource) != reason)
        {
            _reminded[resource] = reason;
            _output.WriteLine($"  {resource} {reason}");
        }
    }

    private void ShowTableOnce()
    {
        var processes = Processes();
        if (_isTableShown || !processes.TrueForAll(IsSettled))
        {
            return;
        }

        _isTableShown = true;
        _output.WriteLine();
        foreach (var line in StatusTable.Of(processes.Select(r => (r.Name, _shown[r.Name]))))
        {
            _output.WriteLine(line);
        }

        var ended = processes.FindAll(r => _shown[r.Name].HealthStatus != HealthStatus.Healthy);
        _output.WriteLine(ended.Count == 0
            ? $"All resources are healthy after {time.GetElapsedTime(_started).TotalSeconds:0.0} s."
            : $"Not running: {string.Join(", ", ended.Select(r => r.Name))}.");
    }

    private bool IsSettled(IResource resource)
        => _shown.TryGetValue(resource.Name, out var snapshot)
            && (snapshot.HealthStatus == HealthStatus.Healthy || StatusLine.IsOver(snapshot) || IsLeftAlone(resource, snapshot));

    private static bool IsLeftAlone(IResource resource, CustomResourceSnapshot snapshot)
        => snapshot.State?.Text == KnownResourceStates.NotStarted && resource.HasAnnotationOfType<ExplicitStartupAnnotation>();

    private List<IResource> Processes() => [.. model.Resources.Where(ProcessPlanner.IsProcess)];
}
