using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State;

/// <summary>A store keeps its data for as long as its resource stays as it is.</summary>
public sealed class StoreReloadTests
{
    private const string HotReload = "  features: [{ name: HotReload, enabled: true }]";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_KeepsItsData_WhenOtherResourcesChange_OrItsFileIsWrittenAgain()
    {
        await using var rig = await StateSidecar.StartAsync(spec: HotReload);
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]");

        rig.Write("second.yaml", "# a comment\n" + StateSidecar.Component("second", "state.in-memory"));
        await Eventually.TrueAsync(async () => await NamesAsync(rig) == "second store", "the second store is loaded", Stopping);
        Assert.Equal("1", (await rig.GetAsync("k")).Text);

        rig.Delete("second.yaml");
        rig.WriteStore("");
        await Eventually.TrueAsync(async () => await NamesAsync(rig) == "store", "the second store is gone", Stopping);
        Assert.Equal("1", (await rig.GetAsync("k")).Text);
        Assert.Equal(400, (await rig.SendAsync("GET", "/v1.0/state/second/k")).Status);
    }

    [Fact]
    public async Task Store_ThatIsDescribedOtherwise_IsANewOne()
    {
        await using var rig = await StateSidecar.StartAsync(spec: HotReload);
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]");

        rig.WriteStore("{name: keyPrefix, value: none}");

        await Eventually.TrueAsync(async () => (await rig.GetAsync("k")).Status == 204, "the store is empty", Stopping);
        Assert.Contains("for key=k:", await ConflictAsync(rig), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_ThatIsTakenAway_TakesItsDataWithIt()
    {
        await using var rig = await StateSidecar.StartAsync(spec: HotReload);
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]");

        rig.Delete("store.yaml");
        await Eventually.TrueAsync(async () => (await rig.GetAsync("k")).Status == 500, "no store is configured", Stopping);
        rig.WriteStore("");
        await Eventually.TrueAsync(async () => (await rig.GetAsync("k")).Status == 204, "the store is back, and empty", Stopping);
    }

    [Fact]
    public async Task Reload_ThatIsRefused_LeavesTheStoreAlone()
    {
        await using var rig = await StateSidecar.StartAsync(spec: HotReload);
        await rig.SaveAsync("[{\"key\": \"k\", \"value\": 1}]");

        rig.WriteStore("{name: maxSize, value: nothing}");
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("Resources not reloaded", StringComparison.Ordinal), "the change is refused", Stopping);

        Assert.Equal("1", (await rig.GetAsync("k")).Text);
    }

    private static async Task<string> ConflictAsync(StateSidecar rig)
    {
        await rig.SaveAsync("[{\"key\": \"k\"}]");
        return (await rig.SaveAsync("[{\"key\": \"k\", \"etag\": \"x\"}]")).Text;
    }

    private static async Task<string> NamesAsync(StateSidecar rig)
        => string.Join(' ', (JsonNode.Parse((await rig.SendAsync("GET", "/v1.0/metadata")).Text)!["components"]?.AsArray() ?? []).Select(component => (string)component!["name"]!).Order(StringComparer.Ordinal));
}
