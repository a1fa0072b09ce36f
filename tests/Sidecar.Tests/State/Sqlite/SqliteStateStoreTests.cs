using System.Text;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Components;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.State.Sqlite;
using McpAspire.Sidecar.Tests.Rig;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpAspire.Sidecar.Tests.State.Sqlite;

/// <summary>The store itself: what is in the file, what it refuses, and what it does when others have the file.</summary>
public sealed class SqliteStateStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private string File => _folder.PathOf("db.sqlite");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Values_AreInTheTablesThatDaprMakes()
    {
        using (var store = Create())
        {
            await SetAsync(store, "app||json", "{\"a\":\"ü\"}");
            await store.ChangeEachAsync([new StateChange("app||binary", [0, 255]) { TimeToLive = "100" }], Stopping);
        }

        Assert.Equal(["metadata", "state"], Read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"));
        Assert.Equal(["1"], Read("SELECT value FROM metadata WHERE key = 'migrations'"));
        Assert.Equal(
            ["app||binary|AP8=|1|text", "app||json|{\"a\":\"ü\"}|0|null"],
            Read("SELECT key || '|' || value || '|' || is_binary || '|' || typeof(expiration_time) FROM state ORDER BY key"));
        Assert.Equal(["1"], Read("SELECT expiration_time BETWEEN DATETIME(CURRENT_TIMESTAMP, '+60 seconds') AND DATETIME(CURRENT_TIMESTAMP, '+100 seconds') FROM state WHERE key = 'app||binary'"));
        Assert.False(System.IO.File.Exists(File + "-wal"), "the file beside it is taken in at the end");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        }
    }

    /// <summary>Over gRPC a value is bytes: what is read as JSON need not be text.</summary>
    [Fact]
    public async Task Value_ThatIsNoText_ComesBackAsItWas_BetweenQuotesToo()
    {
        byte[] value = [(byte)'"', 255, (byte)'"'];
        using var store = Create();

        await store.ChangeEachAsync([new StateChange("k", value)], Stopping);

        Assert.Equal(value, (await store.GetAsync(new StateRead("k"), Stopping))!.Value);
        Assert.Equal(["Iv8i|1"], Read("SELECT value || '|' || is_binary FROM state"));
    }

    [Fact]
    public async Task Wait_ForAnotherProcess_IsNoLongerThanAnOperationMayTake()
    {
        using var store = Create(("busyTimeout", "1h"), ("timeout", "1s"), ("disableWAL", "true"));
        using var other = Open();
        using var hold = other.CreateCommand();
        hold.CommandText = "BEGIN EXCLUSIVE";
        hold.ExecuteNonQuery();

        var failure = await Assert.ThrowsAsync<StateException>(() => SetAsync(store, "k", "2").WaitAsync(TimeSpan.FromSeconds(30), Stopping));

        Assert.Contains("locked", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The statements are those of components-contrib's first migration and of its writes.</summary>
    [Fact]
    public async Task File_ThatDaprHasWritten_IsGoneOnWith()
    {
        Run("CREATE TABLE metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL)");
        Run("INSERT INTO metadata VALUES ('migrations', '1')");
        Run("CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, is_binary BOOLEAN NOT NULL, etag TEXT NOT NULL, expiration_time TIMESTAMP DEFAULT NULL, update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)");
        Run("INSERT INTO state (key, value, is_binary, etag) VALUES ('json', '{\"a\":1}', 0, 'e1'), ('binary', 'AP8=', 1, 'e2'), ('broken', '!', 1, 'e4')");
        Run("INSERT INTO state (key, value, is_binary, etag, expiration_time) VALUES ('old', '1', 0, 'e3', DATETIME(CURRENT_TIMESTAMP, '-1 seconds')), ('new', '1', 0, 'e5', '2999-01-02 03:04:05')");

        using var store = Create();

        Assert.Equal("{\"a\":1}", await GetAsync(store, "json"));
        var binary = await store.GetAsync(new StateRead("binary"), Stopping);
        Assert.Equal([0, 255], binary!.Value);
        Assert.Equal("e2", binary.ETag);
        Assert.Equal("2999-01-02T03:04:05Z", Assert.Single((await store.GetAsync(new StateRead("new"), Stopping))!.Metadata).Value);
        Assert.Null(await store.GetAsync(new StateRead("old"), Stopping));
        await Assert.ThrowsAsync<StateException>(async () => await store.GetAsync(new StateRead("broken"), Stopping));
        await store.ChangeEachAsync([new StateChange("old", "2"u8.ToArray()) { Concurrency = "first-write" }], Stopping);
        Assert.Equal("2", await GetAsync(store, "old"));
    }

    [Fact]
    public async Task Change_WithAnotherETag_IsAMismatch()
    {
        using var store = Create();
        await SetAsync(store, "k", "1");
        var tag = (await store.GetAsync(new StateRead("k"), Stopping))!.ETag;
        await SetAsync(store, "k", "2");

        await MismatchAsync(new StateChange("k", "3"u8.ToArray()) { ETag = tag });
        await MismatchAsync(new StateChange("k", "3"u8.ToArray()) { Concurrency = "first-write" });
        await MismatchAsync(new StateChange("k", null) { ETag = tag });
        await MismatchAsync(new StateChange("none", "3"u8.ToArray()) { ETag = tag });
        await MismatchAsync(new StateChange("none", null) { ETag = tag });
        Assert.Equal("2", await GetAsync(store, "k"));

        tag = (await store.GetAsync(new StateRead("k"), Stopping))!.ETag;
        await store.ChangeEachAsync([new StateChange("k", "3"u8.ToArray()) { ETag = tag }], Stopping);
        await store.ChangeEachAsync([new StateChange("k", null)], Stopping);
        await store.ChangeEachAsync([new StateChange("k", null)], Stopping);
        Assert.Null(await store.GetAsync(new StateRead("k"), Stopping));

        async Task MismatchAsync(StateChange change)
        {
            var failure = await Assert.ThrowsAsync<StateException>(async () => await store.ChangeEachAsync([change], Stopping));
            Assert.Equal("possible etag mismatch. error from state store", failure.Message);
            Assert.Equal(409, failure.Status);
        }
    }

    [Fact]
    public async Task Transaction_IsAllOrNothing()
    {
        using var store = Create();
        await SetAsync(store, "a", "1");

        await Assert.ThrowsAsync<StateException>(async () => await store.ChangeAllAsync([new("b", "2"u8.ToArray()), new("a", null), new("c", null) { ETag = "x" }], StateItem.NoMetadata, Stopping));
        Assert.Equal(["a"], Read("SELECT key FROM state"));

        await store.ChangeAllAsync([new("b", "2"u8.ToArray()), new("a", null), new("b", "3"u8.ToArray())], StateItem.NoMetadata, Stopping);
        var items = await store.GetAsync([new("b"), new("a"), new("b")], Stopping);
        Assert.Equal(["3", null, "3"], items.Select(item => item is null ? null : Encoding.UTF8.GetString(item.Value)));
    }

    [Fact]
    public async Task Bulk_OfWhichOneIsRefused_KeepsTheOthers()
    {
        using var store = Create();

        var failure = await Assert.ThrowsAsync<StateException>(async () => await store.ChangeEachAsync([new("a", "1"u8.ToArray()), new("b", "1"u8.ToArray()) { ETag = "x" }, new("c", "1"u8.ToArray())], Stopping));

        Assert.Equal(StateProblem.ETagMismatch, failure.Problem);
        Assert.Equal(["a", "c"], Read("SELECT key FROM state ORDER BY key"));
    }

    [Theory]
    [InlineData("x", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("-2", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': must be -1 or greater")]
    [InlineData("2147483648", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': must be -1 or greater")]
    public async Task TimeToLive_ThatIsNone_IsRefused(string text, string message)
    {
        using var store = Create();

        var failure = await Assert.ThrowsAsync<StateException>(async () => await store.ChangeEachAsync([new("k", "1"u8.ToArray()) { TimeToLive = text }], Stopping));

        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public async Task Names_WithWhatStatementsAreMadeOf_AreOnlyNames()
    {
        const string Name = "'; DROP TABLE state; --\"\0$key";
        using var store = Create();

        await SetAsync(store, Name, "\"'); DELETE FROM state; --\"");

        Assert.Equal("\"'); DELETE FROM state; --\"", await GetAsync(store, Name));
        Assert.Null(await store.GetAsync(new StateRead("'; DROP TABLE state; --\""), Stopping));
    }

    [Fact]
    public async Task Expired_IsRemoved_WhenACleanupIsAskedFor()
    {
        using var store = Create(("cleanupInterval", "120ms"));
        await SetAsync(store, "stays", "1");
        Run("INSERT INTO state (key, value, is_binary, etag, expiration_time) VALUES ('old', '1', 0, 'e', DATETIME(CURRENT_TIMESTAMP, '-5 seconds'))");

        store.Start();

        await Eventually.TrueAsync(() => Read("SELECT key FROM state") is ["stays"], "the expired value is removed", Stopping);
    }

    [Fact]
    public async Task File_ThatAnotherProcessHolds_IsAnError_AndNotForEver()
    {
        using var store = Create(("busyTimeout", "50ms"), ("disableWAL", "true"));
        await SetAsync(store, "k", "1");
        using (var other = Open())
        {
            using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN EXCLUSIVE";
            hold.ExecuteNonQuery();

            var failure = await Assert.ThrowsAsync<StateException>(() => SetAsync(store, "k", "2"));
            Assert.Equal(500, failure.Status);
            Assert.Contains("locked", failure.Message, StringComparison.Ordinal);
        }

        await SetAsync(store, "k", "3");
        Assert.Equal("3", await GetAsync(store, "k"));
    }

    [Fact]
    public async Task Memory_IsADatabaseToo()
    {
        using var store = CreateAt(":memory:");

        await SetAsync(store, "k", "1");

        Assert.Equal("1", await GetAsync(store, "k"));
    }

    [Theory]
    [InlineData(":memory:", 64)]
    [InlineData("file:FILE?mode=memory&cache=shared&_pragma=page_size(65536)", 64)]
    [InlineData("file:FILE?vfs=memdb", 64)]
    [InlineData(":memory:?_pragma=max_page_count(2048)", 8)]
    public async Task Memory_HasABound_AndTakesAgainWhatFits(string place, int most)
    {
        using var store = CreateAt(place.Replace("FILE", File, StringComparison.Ordinal));
        var value = Encoding.UTF8.GetBytes($"\"{new string('x', 1024 * 1024)}\"");
        var (count, refusal) = (0, (StateException?)null);

        for (; refusal is null && count <= 80; count++)
        {
            refusal = await Record.ExceptionAsync(async () => await store.ChangeEachAsync([new StateChange($"k{count}", value)], Stopping)) as StateException;
        }

        Assert.Equal((StateProblem.Full, "the store is full: database or disk is full"), (refusal?.Problem, refusal?.Message));
        Assert.InRange(count, most - 4, most);
        Assert.Equal(value, (await store.GetAsync(new StateRead("k1"), Stopping))!.Value);
        await store.ChangeEachAsync([new StateChange("k1", null), new StateChange("new", value)], Stopping);
        Assert.Equal(value, (await store.GetAsync(new StateRead("new"), Stopping))!.Value);
        Assert.False(System.IO.File.Exists(File), "it is no file");
    }

    /// <summary>As a disk without room: SQLite says the same.</summary>
    [Fact]
    public async Task File_ThatCannotGrow_IsAFullStore_AndATransactionIsUndone()
    {
        using var store = CreateAt($"file:{File}?_pragma=max_page_count(20)");
        await SetAsync(store, "k", "1");
        var large = new byte[100_000];

        var single = await Assert.ThrowsAsync<StateException>(async () => await store.ChangeEachAsync([new("l", large)], Stopping));
        var bulk = await Assert.ThrowsAsync<StateException>(async () => await store.ChangeEachAsync([new("l", large), new("b", "1"u8.ToArray())], Stopping));
        var transaction = await Assert.ThrowsAsync<StateException>(async () => await store.ChangeAllAsync([new("k", "2"u8.ToArray()), new("l", large)], StateItem.NoMetadata, Stopping));

        Assert.All([single, bulk, transaction], failure => Assert.Equal((StateProblem.Full, 500), (failure.Problem, failure.Status)));
        Assert.Equal(("1", "1", null), (await GetAsync(store, "k"), await GetAsync(store, "b"), await GetAsync(store, "l")));
        await store.ChangeAllAsync([new("k", "3"u8.ToArray()), new("b", null)], StateItem.NoMetadata, Stopping);
        Assert.Equal(("3", null), (await GetAsync(store, "k"), await GetAsync(store, "b")));
    }

    [Fact]
    public async Task Operation_ThatIsUnderWayAtTheEnd_IsFinished_HoweverLongItTakes()
    {
        var store = Create(("timeout", "1s"));
        var changes = Enumerable.Range(0, 250_000).Select(number => new StateChange($"k{number}", "1"u8.ToArray())).ToArray();
        var changing = store.ChangeAllAsync(changes, StateItem.NoMetadata, Stopping).AsTask();
        await Task.Delay(100, Stopping);

        store.Dispose();
        store.Dispose();
        var refusal = await Assert.ThrowsAsync<StateException>(() => SetAsync(store, "late", "1"));
        await changing;

        Assert.Equal("sql: database is closed", refusal.Message);
        await Eventually.TrueAsync(() => !System.IO.File.Exists(File + "-wal"), "the file is closed", Stopping);
        Assert.Equal(["250000"], Read("SELECT CAST(COUNT(*) AS TEXT) FROM state"));
    }

    [Fact]
    public async Task Calls_AtOnce_OfWhichSomeGoAway_LeaveTheStoreAsItWas()
    {
        using var store = Create();
        using var leaving = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 1000).Select(number => Task.Run(async () => await store.ChangeEachAsync([new StateChange($"k{number}", "1"u8.ToArray())], number % 2 == 0 ? leaving.Token : Stopping))).ToArray();

        await leaving.CancelAsync();
        await Task.WhenAll(calls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.All(calls, call => Assert.NotEqual(TaskStatus.Faulted, call.Status));
        Assert.Equal(["500"], Read("SELECT CAST(COUNT(*) AS TEXT) FROM state WHERE CAST(SUBSTR(key, 2) AS INTEGER) % 2 = 1"));
        await SetAsync(store, "k", "1");
        Assert.Equal("1", await GetAsync(store, "k"));
    }

    [Fact]
    public async Task Row_ThatIsNoneOfAStore_IsAnError()
    {
        Run("CREATE TABLE metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL)");
        Run("INSERT INTO metadata VALUES ('migrations', '1')");
        Run("CREATE TABLE state (key PRIMARY KEY, value, is_binary, etag, expiration_time, update_time)");
        Run("INSERT INTO state (key, value, is_binary, etag, expiration_time) VALUES ('value', NULL, 0, 'e', NULL), ('binary', '1', NULL, 'e', NULL), ('tag', '1', 0, NULL, NULL), ('time', '1', 0, 'e', 'soon'), ('year', '1', 0, 'e', '9999-12-31T23:59:59-14:00'), ('blob', '1', 0, 'e', X'FFFF')");

        using var store = Create();

        foreach (var key in (string[])["value", "binary", "tag", "time", "year", "blob"])
        {
            Assert.Equal("the row is not one of a state store", (await Assert.ThrowsAsync<StateException>(async () => await store.GetAsync(new StateRead(key), Stopping))).Message);
        }
    }

    [Fact]
    public async Task File_ThatMayOnlyBeRead_IsRead()
    {
        using (var writing = Create(("disableWAL", "true")))
        {
            await SetAsync(writing, "k", "1");
        }

        using var store = CreateAt($"file:{File}?mode=ro");

        Assert.Equal("1", await GetAsync(store, "k"));
        await Assert.ThrowsAsync<StateException>(() => SetAsync(store, "k", "2"));
    }

    [Fact]
    public async Task Pragma_OfTheConnectionString_Holds()
    {
        using var store = CreateAt($"file:{File}?_pragma=auto_vacuum(1)&_pragma=synchronous=0&_txlock=immediate");

        await SetAsync(store, "k", "1");

        Assert.Equal(["1"], Read("PRAGMA auto_vacuum"));
    }

    [Theory]
    [InlineData("connectionString", "", "'connectionString' of the component 'store'")]
    [InlineData("tableName", "state; DROP TABLE x", "letters, digits and underlines")]
    [InlineData("metadataTableName", "a-b", "letters, digits and underlines")]
    [InlineData("timeout", "999ms", "from 1s")]
    [InlineData("busyTimeout", "soon", "a duration")]
    [InlineData("disableWAL", "perhaps", "true and false")]
    [InlineData("connectionString", "db?_pragma=journal_mode(OFF)", "forbidden option '_pragma=journal_mode'")]
    [InlineData("connectionString", "db?_pragma=BUSY_TIMEOUT=1", "forbidden option '_pragma=busy_timeout'")]
    [InlineData("connectionString", "db?_pragma=synchronous(1);DROP", "a name with a word or a number")]
    [InlineData("connectionString", "db?_pragma=main.busy_timeout(0)", "a name with a word or a number")]
    [InlineData("connectionString", "db?_pragma=main.journal_mode=OFF", "a name with a word or a number")]
    [InlineData("connectionString", "db?_pragma=temp.foreign_keys(1)", "a name with a word or a number")]
    [InlineData("connectionString", "db?_txlock=deferred", "allowed is immediate")]
    [InlineData("outboxPublishPubsub", "pubsub", "outbox")]
    [InlineData("primaryEncryptionKey", "000102030405060708090a0b0c0d0e0f", "only for state.in-memory")]
    public void Setting_ThatCannotBeKept_IsRefused_WithASentence(string name, string value, string part)
    {
        var problem = Assert.Throws<ResourceException>(() => Create((name, value)));

        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_ThatIsNotThere_IsAnErrorOfTheComponent()
    {
        var problem = Assert.Throws<ResourceException>(() => CreateAt(_folder.PathOf("none/db.sqlite")));

        Assert.Equal(ProblemRules.ComponentInit, problem.Rule);
        Assert.Contains("cannot be opened", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsNoDatabase_IsAnErrorOfTheComponent_AndStaysAsItIs()
    {
        var text = new string('x', 4096);
        _folder.Write("db.sqlite", text);

        Assert.Throws<ResourceException>(() => Create());

        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Check_MakesNoFile()
    {
        SqliteStateStore.Create(Settings([("connectionString", File)]), Host() with { IsCheck = true }, []).Dispose();

        Assert.False(System.IO.File.Exists(File));
    }

    private static EmbeddedHost Host() => new(new SidecarOptions { AppId = "app" }, TimeProvider.System, NullLoggerFactory.Instance);

    private static SqliteStateStore CreateAt(string place) => SqliteStateStore.Create(Settings([("connectionString", place)]), Host(), []);

    private SqliteStateStore Create(params (string Name, string Value)[] metadata) => SqliteStateStore.Create(Settings([("connectionString", File), .. metadata]), Host(), []);

    private static ComponentSettings Settings((string Name, string Value)[] metadata)
    {
        var position = new Position("store.yaml", 1);
        var component = new ComponentResource("store", "state.sqlite", "v1", null, [], [.. metadata.Select(value => new MetadataValue(value.Name, value.Value, null, null, position))], false, position);
        return new ComponentSettings(component, new ValueResolver(new Dictionary<string, ISecretStore>(), new SidecarOptions { AppId = "app" }, _ => null));
    }

    private static async Task SetAsync(SqliteStateStore store, string key, string value)
        => await store.ChangeEachAsync([new StateChange(key, Encoding.UTF8.GetBytes(value))], Stopping);

    private static async Task<string?> GetAsync(SqliteStateStore store, string key)
        => await store.GetAsync(new StateRead(key), Stopping) is { } item ? Encoding.UTF8.GetString(item.Value) : null;

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private void Run(string statement)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private string[] Read(string query)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return [.. rows];
    }
}
