using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.State.Sqlite;

/// <summary><c>state.sqlite</c>: in a file, which outlives the sidecar. One operation at a time, each within <c>timeout</c>.</summary>
internal sealed partial class SqliteStateStore : IStateStore
{
    /// <summary>SQLite's SQLITE_FULL.</summary>
    private const int Full = 13;

    private readonly SqliteSettings _settings;
    private readonly SqliteDatabase? _database;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1);
    private ITimer? _cleanUp;
    private volatile bool _isDisposed;

    private SqliteStateStore(KeyPrefix prefix, SqliteSettings settings, SqliteDatabase? database, EmbeddedHost host)
    {
        (Prefix, _settings, _database, _time) = (prefix, settings, database, host.Time);
        _logger = host.Loggers.CreateLogger<SqliteStateStore>();
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE", "ACTOR"];

    public KeyPrefix Prefix { get; }

    public bool IsEncrypted => false;

    public static SqliteStateStore Create(ComponentSettings settings, EmbeddedHost host, ICollection<string> warnings)
    {
        var read = SqliteSettings.Read(settings, warnings);
        var prefix = KeyPrefix.Of(settings, host.Options);
        if (host.IsCheck)
        {
            return new SqliteStateStore(prefix, read, database: null, host);
        }

        try
        {
            return new SqliteStateStore(prefix, read, SqliteDatabase.Open(read), host);
        }
        catch (SqliteException exception)
        {
            throw new ResourceException(settings.Component.Position, $"The database of the component '{settings.Component.Name}' ({settings.Component.Type}) cannot be opened: {exception.Message}", exception) { Rule = ProblemRules.ComponentInit };
        }
    }

    public void Start()
    {
        if (_settings.CleanupInterval > TimeSpan.Zero)
        {
            _cleanUp = _time.CreateTimer(_ => _ = CleanUpAsync(), null, _settings.CleanupInterval, _settings.CleanupInterval);
        }
    }

    public async ValueTask<StateItem?> GetAsync(StateRead read, CancellationToken cancellationToken)
        => await RunAsync(database => database.Get(read.Key), cancellationToken);

    public async ValueTask<IReadOnlyList<StateItem?>> GetAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
        => await RunAsync(database => reads.Select(read => database.Get(read.Key)).ToArray(), cancellationToken);

    public async ValueTask ChangeEachAsync(IReadOnlyList<StateChange> changes, CancellationToken cancellationToken)
    {
        var failures = new List<StateException>();
        foreach (var change in changes)
        {
            try
            {
                await RunAsync(database => Done(() => database.Change(change)), cancellationToken);
            }
            catch (StateException failure) when (changes.Count > 1)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw StateException.Of(failures);
        }
    }

    public async ValueTask ChangeAllAsync(IReadOnlyList<StateChange> changes, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
        => await RunAsync(database => Done(() => database.Change(changes)), cancellationToken);

    /// <summary>What is at work is finished first, so that the file is whole and the files beside it are gone. What takes longer is not waited for here.</summary>
    public void Dispose()
    {
        _cleanUp?.Dispose();
        var isMine = _turn.Wait(_settings.Timeout);
        _isDisposed = true;
        if (isMine)
        {
            Close();
        }
        else
        {
            _ = CloseLaterAsync();
        }
    }

    private async Task CloseLaterAsync()
    {
        await _turn.WaitAsync();
        Close();
    }

    private void Close()
    {
        _database?.Dispose();
        _turn.Release();
    }

    private static bool Done(Action work)
    {
        work();
        return true;
    }

    /// <summary>Off the caller's thread, since another process may hold the file. An operation that has begun is not broken off when its caller goes away.</summary>
    private async Task<T> RunAsync<T>(Func<SqliteDatabase, T> work, CancellationToken cancellationToken)
    {
        Opened(); // what comes after the end does not wait for it
        if (!await _turn.WaitAsync(_settings.Timeout, cancellationToken))
        {
            throw new StateException(StateProblem.Other, "context deadline exceeded");
        }

        try
        {
            return await Task.Run(() => work(Opened()), CancellationToken.None);
        }
        catch (SqliteException exception)
        {
            throw exception.SqliteErrorCode == Full
                ? new StateException(StateProblem.Full, "the store is full: database or disk is full")
                : new StateException(StateProblem.Other, exception.Message);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or InvalidCastException)
        {
            throw new StateException(StateProblem.Other, "the row is not one of a state store");
        }
        finally
        {
            _turn.Release();
        }
    }

    private SqliteDatabase Opened() => _isDisposed || _database is null ? throw new StateException(StateProblem.Other, "sql: database is closed") : _database;

    private async Task CleanUpAsync()
    {
        try
        {
            await RunAsync(database => Done(database.CleanUp), CancellationToken.None);
        }
        catch (StateException) when (_isDisposed)
        {
            // There is nothing to clean up any more.
        }
        catch (StateException failure)
        {
            Log.NotCleaned(_logger, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Error removing expired data: {Problem}")]
        public static partial void NotCleaned(ILogger logger, string problem);
    }
}
