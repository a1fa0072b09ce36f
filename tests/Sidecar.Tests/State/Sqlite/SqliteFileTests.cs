using System.Text;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.State;
using McpAspire.Sidecar.State.Sqlite;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State.Sqlite;

/// <summary>The file of a store and its connection string: who else has it, how large it may be, what keeps it from being opened.</summary>
public sealed class SqliteFileTests : SqliteStoreRig
{
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
        var problem = Assert.Throws<ResourceException>(() => CreateAt(Folder.PathOf("none/db.sqlite")));

        Assert.Equal(ProblemRules.ComponentInit, problem.Rule);
        Assert.Contains("cannot be opened", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsNoDatabase_IsAnErrorOfTheComponent_AndStaysAsItIs()
    {
        var text = new string('x', 4096);
        Folder.Write("db.sqlite", text);

        Assert.Throws<ResourceException>(() => Create());

        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Check_MakesNoFile()
    {
        SqliteStateStore.Create(Settings([("connectionString", File)]), Host() with { IsCheck = true }, []).Dispose();

        Assert.False(System.IO.File.Exists(File));
    }
}
