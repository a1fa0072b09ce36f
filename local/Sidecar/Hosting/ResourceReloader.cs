using System.Runtime.InteropServices;
using System.Threading.Channels;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// Reloads the resources when a file changes (unless the Configuration turns HotReload off) or on SIGHUP. A new set
/// takes the place of the old one as a whole, once its handlers can serve; a wrong one changes nothing: daprd would
/// take the handler of a broken or missing file out of the running pipeline.
/// </summary>
internal sealed partial class ResourceReloader(SidecarRuntime runtime, SidecarOptions options, TimeProvider time, ILogger<ResourceReloader> logger)
{
    /// <summary>A mounted ConfigMap changes by this link alone, which all its files lead through.</summary>
    private const string MountedData = "..data";

    /// <summary>An editor writes a file in several steps.</summary>
    private static readonly TimeSpan _calm = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _readyWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);

    private readonly Channel<string> _reasons = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public async Task RunAsync(SnapshotLife life, CancellationToken stopping)
    {
        using var hangup = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangup);
        var started = life.Snapshot.Configuration;
        var watchers = StartWatching(life.Snapshot);
        try
        {
            await foreach (var reason in _reasons.Reader.ReadAllAsync(stopping))
            {
                await Task.Delay(_calm, time, stopping);
                _ = _reasons.Reader.TryRead(out _);
                if (await LoadAsync(reason, started, stopping) is not { } next)
                {
                    continue;
                }

                if (next.Snapshot.Configuration.HotReload != life.Snapshot.Configuration.HotReload)
                {
                    watchers.Dispose();
                    watchers = StartWatching(next.Snapshot);
                }

                life.Dispose();
                life = next;
            }
        }
        catch (OperationCanceledException)
        {
            // The sidecar stops.
        }
        finally
        {
            watchers.Dispose();
            life.Dispose();
        }
    }

    private Watchers StartWatching(RuntimeSnapshot snapshot)
    {
        var watchers = new Watchers(Watch(snapshot));
        Log.Watching(logger, watchers.Paths);
        if (snapshot.Configuration.HotReload != false && !ResourceFiles.Read(options).AreThoseOf(snapshot.Files))
        {
            _reasons.Writer.TryWrite("changed before they were watched");
        }

        return watchers;
    }

    private async Task<SnapshotLife?> LoadAsync(string reason, ConfigurationResource started, CancellationToken stopping)
    {
        RuntimeSnapshot snapshot;
        try
        {
            snapshot = runtime.Make(ResourceLoader.Load(options));
        }
        catch (ResourceException exception)
        {
            Log.Refused(logger, reason, exception.Message);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A folder that goes while it is read, or whatever nobody has thought of: to end here would end the work of the current resources too.
            Log.Refused(logger, reason, exception is IOException or UnauthorizedAccessException ? exception.Message : exception.GetType().Name);
            return null;
        }

        var life = new SnapshotLife(snapshot, stopping);
        if (!await IsReadyInTimeAsync(snapshot, stopping))
        {
            life.Dispose();
            runtime.Discard(snapshot);
            Log.Refused(logger, reason, $"a handler of the new resources was not ready within {_readyWithin.TotalSeconds:0} s");
            return null;
        }

        if (StartSettings.Changed(started, snapshot.Configuration) is { Count: > 0 } fields)
        {
            Log.NotChanged(logger, string.Join(", ", fields));
        }

        runtime.Use(snapshot);
        Log.Reloaded(logger, reason, runtime.Describe());
        return life;
    }

    private async Task<bool> IsReadyInTimeAsync(RuntimeSnapshot snapshot, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        var earlier = runtime.Current.WarmUps; // what is taken over from them is as ready as it was
        while (snapshot.WarmUps.Any(warmUp => !warmUp.IsReady && !earlier.Contains(warmUp)))
        {
            if (time.GetElapsedTime(started) > _readyWithin)
            {
                return false;
            }

            await Task.Delay(_poll, time, stopping);
        }

        return true;
    }

    private IEnumerable<FileSystemWatcher> Watch(RuntimeSnapshot snapshot)
    {
        if (snapshot.Configuration.HotReload == false)
        {
            yield break;
        }

        var folders = options.ResourcesPaths.Select(path => (Folder: Path.GetFullPath(path), Filter: "*.y*ml"))
            .Concat(options.ConfigPaths.Select(path => (Folder: Path.GetDirectoryName(Path.GetFullPath(path))!, Filter: Path.GetFileName(path))));
        foreach (var (folder, filter) in folders)
        {
            var watcher = new FileSystemWatcher(folder, filter) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Filters.Add(MountedData);
            watcher.Changed += OnChanged;
            watcher.Created += OnChanged;
            watcher.Deleted += OnChanged;
            watcher.Renamed += OnChanged;
            watcher.EnableRaisingEvents = true;
            yield return watcher;
        }
    }

    private void OnChanged(object sender, FileSystemEventArgs change) => _reasons.Writer.TryWrite($"{Path.GetFileName(change.FullPath)} changed");

    private void OnHangup(PosixSignalContext context)
    {
        context.Cancel = true; // by default it would end the process
        _reasons.Writer.TryWrite("SIGHUP");
    }

    private sealed class Watchers(IEnumerable<FileSystemWatcher> watchers) : IDisposable
    {
        private readonly FileSystemWatcher[] _watchers = [.. watchers];

        public string Paths => string.Join(' ', _watchers.Select(watcher => Path.Combine(watcher.Path, watcher.Filter)));

        public void Dispose()
        {
            foreach (var watcher in _watchers)
            {
                watcher.Dispose();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Information, "Watching files: [{Paths}]")]
        public static partial void Watching(ILogger logger, string paths);

        [LoggerMessage(1, LogLevel.Information, "Resources reloaded ({Reason}): {Description}")]
        public static partial void Reloaded(ILogger logger, string reason, string description);

        [LoggerMessage(4, LogLevel.Warning, "Read at the start alone, and now different: {Fields}. The earlier values stay in use until the sidecar starts again.")]
        public static partial void NotChanged(ILogger logger, string fields);

        [LoggerMessage(2, LogLevel.Error, "Resources not reloaded ({Reason}), the earlier ones stay in use: {Problem}")]
        public static partial void Refused(ILogger logger, string reason, string problem);
    }
}
