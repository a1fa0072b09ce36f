using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Api;

/// <summary>The secrets API finds stores and keys by any name, and says what is missing.</summary>
public sealed class SecretsTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_WithANameBeyondAscii_IsFound()
    {
        using var folder = new TemporaryFolder();
        folder.Write("secrets.json", "{\"schlüssel\":\"wert\"}");
        await using var sidecar = await StartAsync(folder);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/gehe%C3%AFm/schl%C3%BCssel", Stopping);
        var missing = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/gehe%C3%AFm/nichts", Stopping);

        Assert.Equal("wert", (string?)JsonNode.Parse(answer.Text)!["schlüssel"]);
        Assert.Equal((500, "ERR_SECRET_GET"), (missing.Status, (string?)JsonNode.Parse(missing.Text)!["errorCode"]));
    }

    [Fact]
    public async Task Secret_WithoutAnyStore_IsRefusedAsNotConfigured()
    {
        await using var sidecar = await SidecarProcess.StartAsync(["--app-id", "app"], Stopping);

        var answer = await RawClient.GetAsync(sidecar.HttpPort, "/v1.0/secrets/store/key", Stopping);

        Assert.Equal((500, "ERR_SECRET_STORES_NOT_CONFIGURED"), (answer.Status, (string?)JsonNode.Parse(answer.Text)!["errorCode"]));
    }

    private static Task<SidecarProcess> StartAsync(TemporaryFolder folder)
    {
        folder.Write("resources/store.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: geheïm\nspec:\n  type: secretstores.local.file\n  version: v1\n  metadata:\n  - {{name: secretsFile, value: '{folder.PathOf("secrets.json")}'}}\n");
        var config = folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  secrets:\n    scopes:\n    - {storeName: geheïm, defaultAccess: allow}\n");
        return SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", config], Stopping);
    }
}
