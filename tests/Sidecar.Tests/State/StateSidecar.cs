using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.State;

/// <summary>A sidecar with the store <c>store</c>, and whatever else a test asks for.</summary>
internal sealed class StateSidecar : IAsyncDisposable
{
    public const string HotReloadOff = "  features: [{ name: HotReload, enabled: false }]";

    private readonly TemporaryFolder _folder = new();

    private StateSidecar()
    {
    }

    public SidecarProcess Process { get; private set; } = null!;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static async Task<StateSidecar> StartAsync(string metadata = "", string spec = HotReloadOff, string others = "", bool hasStore = true, IReadOnlyDictionary<string, string>? environment = null, params string[] flags)
    {
        var rig = new StateSidecar();
        rig._folder.Write("resources/others.yaml", others);
        if (hasStore)
        {
            rig.WriteStore(metadata);
        }

        rig._folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n{spec}\n");
        rig.Process = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", rig._folder.PathOf("resources"), "--config", rig._folder.PathOf("config.yaml"), .. flags], Stopping, environment: environment);
        return rig;
    }

    public static string Component(string name, string type, string metadata = "")
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n  metadata: [{metadata}]\n---\n";

    public void WriteStore(string metadata) => _folder.Write("resources/store.yaml", Component("store", "state.in-memory", metadata));

    public void Write(string name, string text) => _folder.Write("resources/" + name, text);

    public void Delete(string name) => File.Delete(_folder.PathOf("resources/" + name));

    public Task<RawResponse> SendAsync(string verb, string path, string? body = null, params (string Name, string Value)[] headers)
        => RawClient.SendAsync(Process.HttpPort, verb, path, body, Stopping, headers);

    public Task<RawResponse> GetAsync(string key) => SendAsync("GET", "/v1.0/state/store/" + key);

    public Task<RawResponse> SaveAsync(string body, string query = "") => SendAsync("POST", "/v1.0/state/store" + query, body);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}
