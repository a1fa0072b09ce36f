using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.DurableTask;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Tests.Rig;
using static McpAspire.Sidecar.Tests.Rig.DaprClient;
using Hub = McpAspire.Sidecar.Grpc.DurableTask.TaskHubSidecarService.TaskHubSidecarServiceClient;

namespace McpAspire.Sidecar.Tests.Workflows;

/// <summary>A sidecar with an MCPServer, called over gRPC.</summary>
internal static class WorkflowGrpcRig
{
    public const string Echo = "dapr.internal.mcp.mine.CallTool.echo";
    public const string Wait = "dapr.internal.mcp.mine.CallTool.wait";
    public const string ListTools = "dapr.internal.mcp.mine.ListTools";
    public const string Input = """{"arguments":{"text":"hello"}}""";
    public const string Store = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: state.in-memory\n  version: v1\n  metadata: [{ name: actorStateStore, value: 'VALUE' }]\n";
    public const string Rule = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: rule\nspec:\n  type: middleware.http.routerchecker\n  version: v1\n  metadata: [{ name: rule, value: 'VALUE' }]\n";
    public const string Checked = "httpPipeline: { handlers: [{ name: rule, type: middleware.http.routerchecker }] }";

    public static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static GetInstanceRequest Of(string id, bool hasPayloads = false) => new() { InstanceId = id, GetInputsAndOutputs = hasPayloads };

    public static TemporaryFolder Folder(McpBackend backend, string spec = "", string? isActorStateStore = "true")
    {
        var folder = new TemporaryFolder();
        folder.Write("resources/server.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata:\n  name: mine\nspec: {{ endpoint: {{ streamableHTTP: {{ url: '{backend.Url}' }} }} }}\n");
        folder.Write("config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec: {{ {spec} }}\n");
        if (isActorStateStore is not null)
        {
            folder.Write("resources/store.yaml", Store.Replace("VALUE", isActorStateStore, StringComparison.Ordinal));
        }

        return folder;
    }

    public static async Task<SidecarProcess> StartAsync(TemporaryFolder folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var sidecar = await SidecarProcess.StartAsync(["--app-id", "app", "--resources-path", folder.PathOf("resources"), "--config", folder.PathOf("config.yaml")], Stopping, environment: environment);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("MCPServer mine is connected", StringComparison.Ordinal), "the MCP server is connected", Stopping);
        return sidecar;
    }

    public static async Task<StatusCode> StatusAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
