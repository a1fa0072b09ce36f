using System.Diagnostics;
using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Hosting;

/// <summary>Files change under a running sidecar: good ones take effect as a whole, bad ones change nothing.</summary>
public sealed class ReloadTests
{
    private const string Allow = ".*";
    private const string AtTheStart = "Read at the start alone";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resource_Changed_TakesEffect()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: true);
        await using var sidecar = await StartAsync(folder, app);
        Assert.Equal(200, await StatusAsync(sidecar, "/other"));

        WriteRule(folder, "^/only");

        await Eventually.TrueAsync(async () => await StatusAsync(sidecar, "/other") == 400, "the new rule holds", Stopping);
        Assert.Equal(200, await StatusAsync(sidecar, "/only"));
    }

    [Theory]
    [InlineData("not: [yaml")]
    [InlineData("")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: other\nspec:\n  type: middleware.http.uppercase\n  version: v1\n")]
    public async Task Resource_MadeWrong_LeavesTheHandlerInPlace(string text)
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: true, rule: "^/only");
        await using var sidecar = await StartAsync(folder, app);

        folder.Write("resources/rule.yaml", text);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Resources not reloaded", StringComparison.Ordinal), "the new file is refused", Stopping);

        Assert.Equal(400, await StatusAsync(sidecar, "/other"));
        Assert.Equal(200, await StatusAsync(sidecar, "/only"));
    }

    [Theory]
    [InlineData("[", 200_000)]
    [InlineData("? ", 20_000)]
    [InlineData("{a: ", 200)]
    public async Task Resource_ThatNestsWithoutEnd_IsRefused_AndDoesNotEndTheProcess(string level, int times)
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: false, rule: "^/only");
        await using var sidecar = await StartAsync(folder, app);

        folder.Write("resources/deep.yaml", string.Concat(Enumerable.Repeat(level, times)));
        sidecar.Signal(1);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("deep.yaml:1: This is not YAML: It nests deeper than 100 levels.", StringComparison.Ordinal), "the file is refused", Stopping);

        Assert.Equal(400, await StatusAsync(sidecar, "/other"));
    }

    /// <summary>The first that was waited for would have been the last reload.</summary>
    [Fact]
    public async Task Pipe_AmongTheResources_IsNotWaitedFor()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: false);
        using (var make = Process.Start("mkfifo", [folder.PathOf("resources/pipe.yaml")]))
        {
            await make.WaitForExitAsync(Stopping);
        }

        File.CreateSymbolicLink(folder.PathOf("resources/zero.yaml"), "/dev/zero");
        await using var sidecar = await StartAsync(folder, app);

        WriteRule(folder, "^/only");
        await ReloadAsync(sidecar, 1);

        Assert.Equal(400, await StatusAsync(sidecar, "/other"));
    }

    [Fact]
    public async Task Resource_OfManyMegabytes_IsNotRead()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: false, rule: "^/only");
        await using var sidecar = await StartAsync(folder, app);

        using (var huge = File.Create(folder.PathOf("resources/huge.yaml")))
        {
            huge.SetLength(1L << 30);
        }

        sidecar.Signal(1);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("huge.yaml: The file cannot be read: It is longer than 16777216 bytes.", StringComparison.Ordinal), "the file is refused", Stopping);

        Assert.Equal(400, await StatusAsync(sidecar, "/other"));
    }

    /// <summary>As Kubernetes changes a mounted ConfigMap: none of the files that are read is touched, only the link that they lead through.</summary>
    [Fact]
    public async Task Resource_BehindALinkThatIsSwapped_TakesEffect()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: true);
        var rule = folder.PathOf("resources/rule.yaml");
        var text = await File.ReadAllTextAsync(rule, Stopping);
        await MountAsync("..first", text);
        File.Delete(rule);
        File.CreateSymbolicLink(rule, "..data/rule.yaml");
        await using var sidecar = await StartAsync(folder, app);
        Assert.Equal(200, await StatusAsync(sidecar, "/other"));

        await MountAsync("..second", text.Replace(Allow, "^/only", StringComparison.Ordinal));

        await Eventually.TrueAsync(async () => await StatusAsync(sidecar, "/other") == 400, "the new rule holds", Stopping);

        async Task MountAsync(string name, string content)
        {
            folder.Write($"resources/{name}/rule.yaml", content);
            File.CreateSymbolicLink(folder.PathOf("resources/..data_tmp"), name);
            using var move = Process.Start("mv", ["-T", folder.PathOf("resources/..data_tmp"), folder.PathOf("resources/..data")]); // .NET follows the link
            await move.WaitForExitAsync(Stopping);
        }
    }

    [Fact]
    public async Task Resource_Deleted_LeavesTheHandlerInPlace()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: true, rule: "^/only");
        await using var sidecar = await StartAsync(folder, app);

        File.Delete(folder.PathOf("resources/rule.yaml"));
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Resources not reloaded", StringComparison.Ordinal), "the missing file is noticed", Stopping);

        Assert.Equal(400, await StatusAsync(sidecar, "/other"));
    }

    [Fact]
    public async Task Hangup_Reloads_AlsoWithHotReloadOff()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: false);
        await using var sidecar = await StartAsync(folder, app);
        WriteRule(folder, "^/only");
        Assert.Equal(200, await StatusAsync(sidecar, "/other"));

        sidecar.Signal(1);

        await Eventually.TrueAsync(async () => await StatusAsync(sidecar, "/other") == 400, "the new rule holds", Stopping);
    }

    [Fact]
    public async Task Secrets_ThatAreNoText_LeaveTheResourcesInPlace_AndTheNextReloadWorks()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: false, rule: "^/only");
        folder.Write("resources/secrets.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: secrets\nspec:\n  type: secretstores.local.file\n  version: v1\n  metadata: [{{ name: secretsFile, value: '{folder.Write("secrets.json", "{}")}' }}]\n");
        await using var sidecar = await StartAsync(folder, app);

        folder.Write("secrets.json", "{\"a\":\"\\ud800\"}");
        sidecar.Signal(1);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("no Unicode text", StringComparison.Ordinal), "the secrets are refused", Stopping);
        Assert.Equal(400, await StatusAsync(sidecar, "/other"));

        folder.Write("secrets.json", "{}");
        WriteRule(folder, Allow);
        await ReloadAsync(sidecar, 1);
        Assert.Equal(200, await StatusAsync(sidecar, "/other"));
    }

    [Fact]
    public async Task Field_ThatIsReadAtTheStartAlone_IsNamedInOneWarning_AndTheRestTakesEffect()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: false);
        await using var sidecar = await StartAsync(folder, app);

        WriteRule(folder, "^/only");
        await ReloadAsync(sidecar, 1);
        Assert.DoesNotContain(AtTheStart, sidecar.Output, StringComparison.Ordinal);
        WriteConfiguration(folder, hotReload: false, "  tracing: {samplingRate: \"1\"}\n  metrics: {http: {pathMatching: [/orders]}}\n  accessControl: {defaultAction: allow, trustDomain: other}\n  logging: {apiLogging: {enabled: true}}\n");
        await ReloadAsync(sidecar, 2);

        var warning = Assert.Single(sidecar.Output.Split('\n'), line => line.Contains(AtTheStart, StringComparison.Ordinal));
        Assert.Contains("level=warning", warning, StringComparison.Ordinal);
        Assert.Contains(": spec.tracing.samplingRate, spec.metrics.http.pathMatching, spec.accessControl.trustDomain.", warning, StringComparison.Ordinal);
        await StatusAsync(sidecar, "/only");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("HTTP API Called", StringComparison.Ordinal), "the log of calls is on", Stopping);
    }

    [Fact]
    public async Task HotReload_TurnedOnByAReload_WatchesFromThenOn()
    {
        await using var app = new EchoApp();
        using var folder = Folder(hotReload: false);
        await using var sidecar = await StartAsync(folder, app);

        WriteConfiguration(folder, hotReload: true);
        await ReloadAsync(sidecar, 1);
        await Eventually.TrueAsync(() => sidecar.Output.Split('\n').Count(line => line.Contains("Watching", StringComparison.Ordinal)) == 2, "the files are watched", Stopping);
        WriteRule(folder, "^/only");

        await Eventually.TrueAsync(async () => await StatusAsync(sidecar, "/other") == 400, "the new rule holds", Stopping);
    }

    private static async Task ReloadAsync(SidecarProcess sidecar, int times)
    {
        sidecar.Signal(1);
        await Eventually.TrueAsync(() => sidecar.Output.Split('\n').Count(line => line.Contains("Resources reloaded", StringComparison.Ordinal)) == times, "the resources are read again", Stopping);
    }

    private static async Task<int> StatusAsync(SidecarProcess sidecar, string path)
        => (await RawClient.GetAsync(sidecar.HttpPort, path, Stopping, ("dapr-app-id", "app"))).Status;

    private static async Task<SidecarProcess> StartAsync(TemporaryFolder folder, EchoApp app)
    {
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")],
            Stopping);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Watching", StringComparison.Ordinal), "the files are watched", Stopping);
        return sidecar;
    }

    private static TemporaryFolder Folder(bool hotReload, string rule = Allow)
    {
        var folder = new TemporaryFolder();
        WriteRule(folder, rule);
        WriteConfiguration(folder, hotReload);
        return folder;
    }

    private static void WriteConfiguration(TemporaryFolder folder, bool hotReload, string more = "") => folder.Write("config.yaml", $"""
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata:
          name: config
        spec:
          features:
            - name: HotReload
              enabled: {(hotReload ? "true" : "false")}
          httpPipeline:
            handlers:
              - name: rule
                type: middleware.http.routerchecker

        """ + more);

    private static void WriteRule(TemporaryFolder folder, string rule) => folder.Write("resources/rule.yaml", $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: rule
        spec:
          type: middleware.http.routerchecker
          version: v1
          metadata:
            - name: rule
              value: "{rule}"
        """);
}
