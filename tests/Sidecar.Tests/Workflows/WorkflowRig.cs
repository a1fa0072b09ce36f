using System.Text.Json;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Workflows;

/// <summary>A sidecar with MCPServer resources and a store for its workflows.</summary>
internal sealed class WorkflowRig : IAsyncDisposable
{
    public const string Store = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: state.in-memory\n  version: v1\n  metadata: [{ name: actorStateStore, value: 'true' }]\n";

    private readonly TemporaryFolder _folder = new();
    private string[] _arguments = [];

    private WorkflowRig()
    {
    }

    public SidecarProcess Process { get; private set; } = null!;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    /// <param name="servers">MCPServer resources.</param>
    /// <param name="store">The state store, if there is one.</param>
    /// <param name="spec">Of the Configuration.</param>
    /// <param name="isReady">Whether it gets ready.</param>
    /// <param name="environment">Variables of the sidecar.</param>
    /// <param name="flags">Further ones.</param>
    public static async Task<WorkflowRig> StartAsync(string servers, string store = Store, string spec = "{}", bool isReady = true, IReadOnlyDictionary<string, string>? environment = null, params string[] flags)
    {
        var rig = new WorkflowRig();
        rig.Write("store.yaml", store);
        rig.Write("servers.yaml", servers);
        rig._folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec: {spec}\n");
        rig._arguments = ["--app-id", "app", "--resources-path", rig._folder.PathOf("resources"), "--config", rig._folder.PathOf("config.yaml"), "--log-level", "debug", .. flags];
        rig.Process = await SidecarProcess.StartAsync(rig._arguments, Stopping, environment: environment);
        if (isReady)
        {
            await rig.Process.WaitForReadyAsync(Stopping);
        }

        return rig;
    }

    /// <summary>An MCPServer that is reached by Streamable HTTP.</summary>
    /// <param name="name">Of the resource.</param>
    /// <param name="url">Of the server.</param>
    /// <param name="http">What else stands under <c>streamableHTTP</c>, as a flow mapping's content.</param>
    /// <param name="spec">What else stands under <c>spec</c>.</param>
    public static string Server(string name, string url, string http = "", string spec = "")
        => $"apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata:\n  name: {name}\nspec: {{ endpoint: {{ streamableHTTP: {{ url: '{url}'{(http.Length > 0 ? ", " + http : string.Empty)} }} }}{(spec.Length > 0 ? ", " + spec : string.Empty)} }}\n---\n";

    public string PathOf(string name) => _folder.PathOf(name);

    public void Write(string name, string text) => _folder.Write("resources/" + name, text);

    public void Delete(string name) => File.Delete(_folder.PathOf("resources/" + name));

    /// <summary>Ends the process at once, and starts another one.</summary>
    public async Task RestartAsync()
    {
        await Process.DisposeAsync();
        Process = await SidecarProcess.StartAsync(_arguments, Stopping);
    }

    public Task<RawResponse> SendAsync(string verb, string path, string? body = null) => RawClient.SendAsync(Process.HttpPort, verb, "/v1.0/workflows/dapr/" + path, body, Stopping);

    /// <returns>The id of the instance.</returns>
    public async Task<string> BeginAsync(string workflow, string? input = null, string? id = null)
    {
        var answer = await SendAsync("POST", $"dapr.internal.mcp.{workflow}/start{(id is null ? string.Empty : "?instanceID=" + id)}", input ?? "{}");
        Assert.True(answer.Status == 202, answer.Text);
        return JsonDocument.Parse(answer.Text).RootElement.GetProperty("instanceID").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string id)
    {
        var answer = await SendAsync("GET", id);
        Assert.True(answer.Status == 200, answer.Text);
        return JsonDocument.Parse(answer.Text).RootElement;
    }

    public async Task<JsonElement> OverAsync(string id)
    {
        JsonElement instance = default;
        await Eventually.TrueAsync(
            async () =>
            {
                instance = await GetAsync(id);
                return instance.GetProperty("runtimeStatus").GetString() is "COMPLETED" or "FAILED" or "TERMINATED";
            },
            $"{id} is over",
            Stopping);
        return instance;
    }

    public async Task<JsonElement> RunAsync(string workflow, string? input = null) => await OverAsync(await BeginAsync(workflow, input));

    /// <summary>The output of one that completed.</summary>
    public async Task<JsonElement> OutputAsync(string workflow, string? input = null)
    {
        var instance = await RunAsync(workflow, input);
        Assert.Equal("COMPLETED", instance.GetProperty("runtimeStatus").GetString());
        return JsonDocument.Parse(instance.GetProperty("properties").GetProperty("dapr.workflow.output").GetString()!).RootElement;
    }

    /// <summary>What the tool said, and whether it calls it an error.</summary>
    public async Task<(string Text, bool IsError)> CallAsync(string server, string tool, string arguments = "{}")
    {
        var output = await OutputAsync($"{server}.CallTool.{tool}", $"{{\"arguments\":{arguments}}}");
        return (output.GetProperty("content")[0].GetProperty("text").GetString()!, output.TryGetProperty("isError", out var isError) && isError.GetBoolean());
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}
