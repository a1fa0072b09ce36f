using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The logs of the resources: what their processes write, and what the engine says about them.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;

    /// <summary>Creates the service.</summary>
    public ResourceLoggerService()
        : this(TimeProvider.System)
    {
    }

    internal ResourceLoggerService(TimeProvider time) => _time = time;

    /// <summary>A logger that writes to the resource's log.</summary>
    public ILogger GetLogger(IResource resource) => GetLogger(resource.Name);

    /// <summary>A logger that writes to the resource's log.</summary>
    public ILogger GetLogger(string resourceName) => Log(resourceName).Logger;

    /// <summary>The lines that are kept, then those that come, in batches, until the log is complete.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    /// <summary>The lines that are kept, then those that come, in batches, until the log is complete.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync();

    /// <summary>The lines that are kept.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.Name);

    /// <summary>The lines that are kept.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (Log(resourceName).Kept() is { Count: > 0 } lines)
        {
            yield return lines;
        }
    }

    /// <summary>Ends the watching of a log. A later line opens it again.</summary>
    public void Complete(IResource resource) => Complete(resource.Name);

    /// <summary>Ends the watching of a log. A later line opens it again.</summary>
    public void Complete(string name) => Log(name).Complete();

    /// <summary>Forgets the lines that are kept.</summary>
    public void ClearBacklog(string resourceName) => Log(resourceName).Clear();

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var log in _logs.Values)
        {
            log.Complete();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A log is found by the id of the resource's instance too.</summary>
    internal void AddAlias(string id, string resourceName) => _logs[id] = Log(resourceName);

    internal ResourceLog Log(string resourceName) => _logs.GetOrAdd(resourceName, _ => new ResourceLog(_time));
}
