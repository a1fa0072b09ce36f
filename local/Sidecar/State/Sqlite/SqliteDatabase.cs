using System.Globalization;
using Microsoft.Data.Sqlite;

namespace McpAspire.Sidecar.State.Sqlite;

/// <summary>
/// An open database with the tables that daprd makes, so that each can go on with what the other has written
/// (components-contrib state/sqlite). Not for several threads at once. Fails with a <see cref="SqliteException"/>.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const string Alive = "(expiration_time IS NULL OR expiration_time > CURRENT_TIMESTAMP)";

    /// <summary>Of the tables, after all migrations.</summary>
    private const string Level = "1";

    private readonly SqliteSettings _settings;
    private readonly SqliteConnection _connection;

    private SqliteDatabase(SqliteSettings settings, SqliteConnection connection) => (_settings, _connection) = (settings, connection);

    public static SqliteDatabase Open(SqliteSettings settings)
    {
        MakeFile(settings.Address.File);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = settings.Address.Uri, Pooling = false, DefaultTimeout = 1 }.ToString());
        var database = new SqliteDatabase(settings, connection);
        try
        {
            connection.Open();
            database.Prepare();
            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Null: it is not there, or has expired.</summary>
    public StateItem? Get(string key)
    {
        using var command = Command($"SELECT value, is_binary, etag, expiration_time FROM {_settings.Table} WHERE key = $key AND {Alive}", ("$key", key));
        using var reader = command.ExecuteReader();
        return reader.Read() ? SqliteRow.Read(reader) : null;
    }

    /// <summary>Throws a <see cref="StateException"/> when it is refused.</summary>
    public void Change(StateChange change)
    {
        change.CheckOptions();
        if (change.Value is { } value)
        {
            Set(change, value);
        }
        else
        {
            Delete(change);
        }
    }

    /// <summary>All of it or nothing.</summary>
    public void Change(IReadOnlyList<StateChange> changes)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var change in changes)
        {
            Change(change);
        }

        transaction.Commit();
    }

    /// <summary>Removes what has expired, unless another sidecar with this file has just done so.</summary>
    public void CleanUp()
    {
        using var turn = Command(
            $"""
            INSERT INTO {_settings.MetadataTable} (key, value) VALUES ('last-cleanup', CURRENT_TIMESTAMP)
            ON CONFLICT (key) DO UPDATE SET value = CURRENT_TIMESTAMP
            WHERE (unixepoch(CURRENT_TIMESTAMP) - unixepoch(value)) * 1000 > $interval
            """,
            ("$interval", (long)_settings.CleanupInterval.TotalMilliseconds - 100));
        if (turn.ExecuteNonQuery() > 0)
        {
            using var removal = Command($"DELETE FROM {_settings.Table} WHERE expiration_time IS NOT NULL AND expiration_time < CURRENT_TIMESTAMP");
            removal.ExecuteNonQuery();
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>For this user alone, as are the files that SQLite puts beside it. One that is there stays as it is.</summary>
    private static void MakeFile(string? path)
    {
        if (path is null || OperatingSystem.IsWindows() || File.Exists(path))
        {
            return;
        }

        try
        {
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // SQLite says what is wrong with it, or another sidecar has just made it.
        }
    }

    private void Prepare()
    {
        WaitForLocks(); // for those of the connection string, too
        foreach (var (name, value) in _settings.Address.Pragmas)
        {
            Run($"PRAGMA {name} = {value}");
        }

        WaitForLocks(); // whatever those were
        Run($"PRAGMA journal_mode = {_settings.Address.Journal}");
        Limit();
        if (_settings.Address.File is null && IsThere(_settings.MetadataTable) && IsThere(_settings.Table))
        {
            return; // perhaps only to be read
        }

        Run("BEGIN EXCLUSIVE");
        try
        {
            Migrate();
            Run("COMMIT");
        }
        catch
        {
            Run("ROLLBACK");
            throw;
        }
    }

    /// <summary>SQLite waits for a lock without looking at anything else, so it must not wait longer than an operation may take.</summary>
    private void WaitForLocks()
    {
        var wait = _settings.BusyTimeout < _settings.Timeout ? _settings.BusyTimeout : _settings.Timeout;
        Run($"PRAGMA busy_timeout = {((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Of what is in memory, unless the connection string has another limit.</summary>
    private void Limit()
    {
        if (_settings.Address.IsMemory && !_settings.Address.Pragmas.Any(pragma => pragma.Name.Equals("max_page_count", StringComparison.OrdinalIgnoreCase)))
        {
            using var size = Command("PRAGMA page_size");
            Run($"PRAGMA max_page_count = {(StateStoreSettings.DefaultMaxSize / (long)size.ExecuteScalar()!).ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private void Migrate()
    {
        Run($"CREATE TABLE IF NOT EXISTS {_settings.MetadataTable} (key text NOT NULL PRIMARY KEY, value text NOT NULL)");
        using var level = Command($"SELECT value FROM {_settings.MetadataTable} WHERE key = 'migrations'");
        if (level.ExecuteScalar() is not null)
        {
            return;
        }

        Run(
            $"""
            CREATE TABLE IF NOT EXISTS {_settings.Table} (
                key TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL,
                is_binary BOOLEAN NOT NULL,
                etag TEXT NOT NULL,
                expiration_time TIMESTAMP DEFAULT NULL,
                update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
            )
            """);
        Run($"REPLACE INTO {_settings.MetadataTable} (key, value) VALUES ('migrations', '{Level}')");
    }

    private bool IsThere(string table)
    {
        using var command = Command("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $name COLLATE NOCASE", ("$name", table));
        return command.ExecuteScalar() is not null;
    }

    private void Set(StateChange change, byte[] value)
    {
        var (text, isBinary) = SqliteRow.Of(value);
        var expiration = SqliteRow.TimeToLive(change.TimeToLive) is > 0 and var seconds
            ? string.Create(CultureInfo.InvariantCulture, $"DATETIME(CURRENT_TIMESTAMP, '+{seconds} seconds')")
            : "NULL";
        using var command = Command(Statement(), ("$key", change.Key), ("$value", text), ("$binary", isBinary), ("$new", Guid.NewGuid().ToString()), ("$etag", change.ETag));
        if (command.ExecuteNonQuery() == 0)
        {
            throw StateException.Mismatch();
        }

        string Statement()
        {
            const string Columns = "(key, value, is_binary, etag, update_time, expiration_time)";
            var row = $"$key, $value, $binary, $new, CURRENT_TIMESTAMP, {expiration}";
            if (!string.IsNullOrEmpty(change.ETag))
            {
                return $"UPDATE {_settings.Table} SET value = $value, etag = $new, is_binary = $binary, update_time = CURRENT_TIMESTAMP, expiration_time = {expiration} WHERE key = $key AND etag = $etag AND {Alive}";
            }

            // A value that has expired is as good as gone, even if nobody has removed it yet.
            return change.Concurrency == "first-write"
                ? $"INSERT OR REPLACE INTO {_settings.Table} {Columns} SELECT {row} WHERE NOT EXISTS (SELECT 1 FROM {_settings.Table} WHERE key = $key AND {Alive})"
                : $"INSERT OR REPLACE INTO {_settings.Table} {Columns} VALUES ({row})";
        }
    }

    private void Delete(StateChange change)
    {
        var hasTag = !string.IsNullOrEmpty(change.ETag);
        using var command = Command($"DELETE FROM {_settings.Table} WHERE key = $key{(hasTag ? " AND etag = $etag" : string.Empty)}", ("$key", change.Key), ("$etag", change.ETag));
        if (command.ExecuteNonQuery() == 0 && hasTag)
        {
            throw StateException.Mismatch();
        }
    }

    private void Run(string statement)
    {
        using var command = Command(statement);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string statement, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = statement;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
