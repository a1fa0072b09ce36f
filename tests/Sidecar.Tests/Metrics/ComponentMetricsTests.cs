using System.Globalization;
using McpAspire.Sidecar.Tests.Contract;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Metrics;

/// <summary>What is counted of components: secrets that the API was asked for, starts and failures.</summary>
public sealed class ComponentMetricsTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_AskedForByTheApi_AreCounted_AndNeitherReferencesNorRefusalsAre()
    {
        await using var app = new EchoApp();
        using var folder = Folder();
        await using var sidecar = await StartAsync(folder, app);

        Assert.Equal(200, await SecretAsync(sidecar, "store/OPEN"));
        Assert.Equal(500, await SecretAsync(sidecar, "store/NOT_THERE"));
        Assert.Equal(200, await SecretAsync(sidecar, "store/bulk"));
        Assert.Equal(403, await SecretAsync(sidecar, "store/REFERENCED"));
        Assert.Equal(401, await SecretAsync(sidecar, "no-store/OPEN"));

        var lines = await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            $"dapr_component_secret_count{Labels("get", "true")} 1",
            $"dapr_component_secret_count{Labels("get", "false")} 1",
            $"dapr_component_secret_count{Labels("bulk_get", "true")} 1",
            $"dapr_component_secret_latencies_count{Labels("get", "true")} 1");
        Assert.Equal(3, lines.Count(line => line.StartsWith("dapr_component_secret_count", StringComparison.Ordinal)));
        string[] names = [.. lines.Select(MetricsPort.NameOf).Where(name => name.StartsWith("dapr_component_", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(Recorded("dapr_component_secret").Where(name => !name.EndsWith("_bucket", StringComparison.Ordinal)).Order(), names.Order());
    }

    [Fact]
    public async Task Component_ThatAReloadCannotUse_IsCountedAsAFailure()
    {
        await using var app = new EchoApp();
        using var folder = Folder();
        await using var sidecar = await StartAsync(folder, app);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Watching", StringComparison.Ordinal), "the files are watched", Stopping);

        folder.Write("resources/store.yaml", Store("nestedSeparator", "secretstores.local.file"));

        await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            "dapr_runtime_component_loaded{app_id=\"app\"} 2",
            "dapr_runtime_component_init_fail_total{app_id=\"app\",component=\"secretstores.local.file\",componentName=\"store\",reason=\"init\"} 1");
    }

    private static IEnumerable<string> Recorded(string prefix)
        => Recording.Topic("health-metadata").Single(entry => (string)entry["name"]! == "metric names on the metrics port")["names"]!.AsArray()
            .Select(name => (string)name!)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static string Labels(string operation, string success)
        => $"{{app_id=\"app\",component=\"store\",namespace=\"default\",operation=\"{operation}\",success=\"{success}\"}}";

    private static async Task<int> SecretAsync(SidecarProcess sidecar, string path)
        => (await RawClient.GetAsync(sidecar.HttpPort, $"/v1.0/secrets/{path}", Stopping)).Status;

    private static async Task<SidecarProcess> StartAsync(TemporaryFolder folder, EchoApp app)
    {
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")],
            Stopping,
            environment: new Dictionary<string, string> { ["OPEN"] = "1", ["REFERENCED"] = "^/" });
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }

    private static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        folder.Write("resources/store.yaml", Store("prefix", "secretstores.local.env"));
        folder.Write("resources/rule.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: rule
            spec:
              type: middleware.http.routerchecker
              version: v1
              metadata:
                - name: rule
                  secretKeyRef: {name: REFERENCED, key: REFERENCED}
            auth:
              secretStore: store
            """);
        folder.Write("config.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata:
              name: config
            spec:
              httpPipeline:
                handlers:
                  - name: rule
                    type: middleware.http.routerchecker
              secrets:
                scopes:
                  - storeName: store
                    defaultAccess: deny
                    allowedSecrets: [OPEN, NOT_THERE]
            """);
        return folder;
    }

    private static string Store(string key, string type) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: store
        spec:
          type: {type}
          version: v1
          metadata:
            - name: {key}
              value: ""
        """;
}
