using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State.Sqlite;

/// <summary>A store that outlives its sidecar.</summary>
public sealed class SqliteSidecarTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task State_IsThereAgain_AfterTheNextStart()
    {
        var others = StateSidecar.Component("store", "state.sqlite", $"{{name: connectionString, value: '{_folder.PathOf("db.sqlite")}'}}");
        await using (var first = await StateSidecar.StartAsync(others: others, hasStore: false))
        {
            Assert.Equal(204, (await first.SaveAsync("[{\"key\": \"k\", \"value\": {\"a\": [1, \"ü\"]}}, {\"key\": \"short\", \"value\": 1, \"metadata\": {\"ttlInSeconds\": \"1000\"}}]")).Status);
            var components = JsonNode.Parse((await first.SendAsync("GET", "/v1.0/metadata")).Text)!["components"]!.AsArray();
            Assert.Equal("{\"name\":\"store\",\"type\":\"state.sqlite\",\"version\":\"v1\",\"capabilities\":[\"ETAG\",\"TRANSACTIONAL\",\"TTL\",\"KEYS_LIKE\",\"ACTOR\"]}", Assert.Single(components)!.ToJsonString());
            first.Process.Signal(15);
            await first.Process.WaitForExitAsync(Stopping);
            Assert.Equal(0, first.Process.ExitCode);
        }

        Assert.Equal(["db.sqlite"], Directory.GetFiles(_folder.PathOf("."), "db.*").Select(Path.GetFileName));

        await using var second = await StateSidecar.StartAsync(others: others, hasStore: false);
        Assert.Equal("{\"a\":[1,\"ü\"]}", (await second.GetAsync("k")).Text);
        Assert.EndsWith("Z", (await second.GetAsync("short")).Header("metadata.ttlExpireTime"), StringComparison.Ordinal);
        Assert.Equal(409, (await second.SaveAsync("[{\"key\": \"k\", \"value\": 1, \"etag\": \"x\"}]")).Status);
        Assert.Equal(204, (await second.SendAsync("POST", "/v1.0/state/store/transaction", "{\"operations\": [{\"operation\": \"delete\", \"request\": {\"key\": \"k\"}}, {\"operation\": \"upsert\", \"request\": {\"key\": \"n\", \"value\": 2}}]}")).Status);
        Assert.Equal(204, (await second.GetAsync("k")).Status);
        Assert.Equal("2", (await second.GetAsync("n")).Text);
    }

    [Fact]
    public async Task Reload_ToAnotherType_OpensTheFile_AndBackLetsItGo()
    {
        await using var rig = await StateSidecar.StartAsync(spec: "  features: [{ name: HotReload, enabled: true }]");
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]");

        rig.Write("store.yaml", StateSidecar.Component("store", "state.sqlite", $"{{name: connectionString, value: '{_folder.PathOf("db.sqlite")}'}}"));
        await Eventually.TrueAsync(async () => (await rig.GetAsync("k")).Status == 204, "the new store is empty", Stopping);
        Assert.Equal(204, (await rig.SaveAsync("[{\"key\": \"k\", \"value\": 2}]")).Status);
        Assert.Equal("2", (await rig.GetAsync("k")).Text);

        rig.WriteStore("");
        await Eventually.TrueAsync(async () => (await rig.GetAsync("k")).Status == 204, "the old store is back, and empty", Stopping);
        await Eventually.TrueAsync(() => !File.Exists(_folder.PathOf("db.sqlite-wal")), "the file is closed", Stopping);
    }

    /// <summary>What was answered as saved is in the file, whichever of the stores saved it.</summary>
    [Fact]
    public async Task Reloads_UnderTraffic_LoseNothing()
    {
        await using var rig = await StateSidecar.StartAsync(spec: "  features: [{ name: HotReload, enabled: true }]", others: Store(0), hasStore: false);
        using var end = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(() => SaveAsync(caller))).ToArray();

        for (var number = 1; number <= 8; number++)
        {
            rig.Write("others.yaml", Store(number));
            await Eventually.TrueAsync(() => rig.Process.Output.Split("Component loaded: store").Length > number + 1, "the store is another one", Stopping);
        }

        await end.CancelAsync();
        var saved = (await Task.WhenAll(callers)).SelectMany(keys => keys).ToArray();
        Assert.NotEmpty(saved);
        foreach (var key in saved)
        {
            Assert.Equal("1", (await rig.GetAsync(key)).Text);
        }

        Assert.DoesNotContain("level=error", rig.Process.Output, StringComparison.Ordinal);

        string Store(int number) => StateSidecar.Component("store", "state.sqlite", $"{{name: connectionString, value: '{_folder.PathOf("db.sqlite")}'}}, {{name: timeout, value: '{20 + number}s'}}");

        async Task<List<string>> SaveAsync(int caller)
        {
            var keys = new List<string>();
            for (var number = 0; !end.IsCancellationRequested; number++)
            {
                var answer = await rig.SaveAsync($"[{{\"key\": \"{caller}-{number}\", \"value\": 1}}]");
                if (answer.Status == 204)
                {
                    keys.Add($"{caller}-{number}");
                }
            }

            return keys;
        }
    }

    [Fact]
    public async Task Start_WithAFileThatCannotBeOpened_IsRefused_WithItsPlace()
    {
        _folder.Write("resources/store.yaml", StateSidecar.Component("store", "state.sqlite", $"{{name: connectionString, value: '{_folder.PathOf("none/db.sqlite")}'}}"));

        await using var process = SidecarProcess.Launch(["--app-id", "app", "--resources-path", _folder.PathOf("resources")]);
        var output = await process.WaitForExitAsync(Stopping);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("store.yaml:", output, StringComparison.Ordinal);
        Assert.Contains("The database of the component 'store' (state.sqlite) cannot be opened", output, StringComparison.Ordinal);
    }
}
