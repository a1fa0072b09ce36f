using System.Text;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State.Sqlite;

/// <summary>The store itself: what is in the tables, and what it refuses.</summary>
public sealed class SqliteStateStoreTests : SqliteStoreRig
{
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
}
