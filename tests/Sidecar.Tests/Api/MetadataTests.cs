using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Api;

/// <summary>What callers may note about a sidecar is bounded.</summary>
public sealed class MetadataTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Value_OverItsLimit_IsRefusedAndNotKept()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);
        var longest = new string('k', 256);

        var kept = await PutAsync(sidecar, longest, new string('v', 64 * 1024));
        var longKey = await PutAsync(sidecar, longest + "k", "v");
        var longValue = await PutAsync(sidecar, "big", new string('v', (64 * 1024) + 1));
        var extended = JsonNode.Parse((await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping)).Text)!["extended"]!.AsObject();

        Assert.Equal(204, kept.Status);
        Assert.Equal((400, "ERR_METADATA_SET"), (longKey.Status, (string?)JsonNode.Parse(longKey.Text)!["errorCode"]));
        Assert.Equal((413, "ERR_METADATA_SET"), (longValue.Status, (string?)JsonNode.Parse(longValue.Text)!["errorCode"]));
        Assert.Equal(64 * 1024, ((string)extended[longest]!).Length);
        Assert.False(extended.ContainsKey(longest + "k"));
        Assert.False(extended.ContainsKey("big"));
    }

    [Fact]
    public async Task Metadata_NamesFeaturesThatAreOn_AndResiliencyResources()
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/r.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: policies\nspec:\n  policies:\n    timeouts:\n      general: 5s\n  targets: {}\n");
        var first = folder.Write("first.yaml", Configuration("{name: One, enabled: true}"));
        var second = folder.Write("second.yaml", Configuration("{name: Two, enabled: true}, {name: Three, enabled: false}"));
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", first, "--config", second], Stopping);

        var metadata = JsonNode.Parse((await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/metadata", Stopping)).Text)!;

        Assert.Equal(["HotReload", "Two"], metadata["enabledFeatures"]!.AsArray().Select(feature => (string)feature!));
        Assert.Equal("policies", (string?)metadata["resiliencies"]!.AsArray().Single()!["name"]);

        static string Configuration(string features) => $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  features: [{features}]\n";
    }

    private static Task<RawResponse> PutAsync(SidecarProcess sidecar, string key, string value)
        => RawClient.SendAsync(sidecar.HttpPort, "PUT", "/v1.0/metadata/" + key, value, Stopping);
}
