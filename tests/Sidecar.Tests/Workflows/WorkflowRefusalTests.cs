using System.Text.Json;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Workflows;

/// <summary>Requests about workflows that cannot be served. They change nothing, and so share their sidecars.</summary>
public sealed class WorkflowRefusalTests(WorkflowRefusalTests.Rigs rigs) : IClassFixture<WorkflowRefusalTests.Rigs>
{
    [Theory]
    [InlineData("GET", "none", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "none/terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "none/purge", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "none/pause", 500, "ERR_PAUSE_WORKFLOW")]
    [InlineData("POST", "none/resume", 500, "ERR_RESUME_WORKFLOW")]
    [InlineData("POST", "none/raiseEvent/e", 500, "ERR_RAISE_EVENT_WORKFLOW")]
    [InlineData("POST", "dapr.internal.mcp.tools.ListTools/start?instanceID=a.b", 400, "ERR_INSTANCE_ID_INVALID")]
    [InlineData("POST", "dapr.internal.mcp.tools.ListTools/start?instanceID=a%7C%7Cb", 400, "ERR_INSTANCE_ID_INVALID")]
    [InlineData("POST", "dapr.internal.mcp.tools.ListTools/start?instanceID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 400, "ERR_INSTANCE_ID_TOO_LONG")]
    [InlineData("POST", "of-an-app/start", 500, "ERR_START_WORKFLOW")]
    [InlineData("POST", "dapr.internal.mcp.tools.ListTools/start?appID=other", 500, "ERR_START_WORKFLOW")]
    [InlineData("PUT", "one/terminate", 404, "ERR_DIRECT_INVOKE")]
    [InlineData("POST", "one/nothing", 404, "ERR_DIRECT_INVOKE")]
    [InlineData("GET", "one/terminate", 404, "ERR_DIRECT_INVOKE")]
    public async Task Request_ThatCannotBeServed_IsAnsweredWithDaprsCode(string verb, string path, int status, string code)
    {
        var answer = await rigs.WithStore.SendAsync(verb, path, verb == "POST" ? "{}" : null);

        Assert.Equal((status, code), (answer.Status, JsonDocument.Parse(answer.Text).RootElement.GetProperty("errorCode").GetString()));
    }

    /// <summary>As a daprd of August 2026 answered, word for word.</summary>
    [Theory]
    [InlineData("GET", "nope", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nope")]
    [InlineData("POST", "nope/terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nope")]
    [InlineData("POST", "nope/purge", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nope")]
    [InlineData("POST", "nope/pause", 500, "ERR_PAUSE_WORKFLOW", "error pausing workflow nope: failed to pause workflow nope: failed to suspend workflow: no such instance exists")]
    [InlineData("POST", "nope/resume", 500, "ERR_RESUME_WORKFLOW", "error resuming workflow nope: failed to resume workflow nope: failed to resume workflow: no such instance exists")]
    [InlineData("POST", "nope/raiseEvent/ev", 500, "ERR_RAISE_EVENT_WORKFLOW", "error raising event on workflow 'nope': failed to raise event ev on workflow nope: failed to raise event: no such instance exists")]
    [InlineData("POST", "one/purge", 500, "ERR_PURGE_WORKFLOW", "error purging workflow one: failed to Purge workflow one: failed to purge workflow state: orchestration has not yet completed")]
    [InlineData("POST", "dapr.internal.mcp.tools.CallTool.wait/start?instanceID=one", 500, "ERR_START_WORKFLOW", "error starting workflow 'dapr.internal.mcp.tools.CallTool.wait': unable to start workflow: failed to start workflow: rpc error: code = AlreadyExists desc = an active workflow with ID 'one' already exists")]
    [InlineData("POST", "dapr.internal.mcp.tools.ListTools/start?instanceID=a%2Fb%20c", 400, "ERR_INSTANCE_ID_INVALID", "workflow instance ID 'a/b c' is invalid: only alphanumeric and underscore characters are allowed")]
    public async Task Refusal_IsInDaprsWords(string verb, string path, int status, string code, string message)
    {
        var answer = await rigs.WithStore.SendAsync(verb, path, verb == "POST" ? "{}" : null);

        Assert.Equal((status, $"{{\"errorCode\":\"{code}\",\"message\":\"{message}\"}}"), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("GET", "x1", "ERR_GET_WORKFLOW", "error while getting workflow info on instance 'x1': failed to get workflow metadata for 'x1': failed to fetch workflow metadata: failed to load workflow metadata: ")]
    [InlineData("POST", "dapr.internal.mcp.tools.ListTools/start", "ERR_START_WORKFLOW", "error starting workflow 'dapr.internal.mcp.tools.ListTools': unable to start workflow: failed to start workflow: ")]
    [InlineData("POST", "foo/start", "ERR_START_WORKFLOW", "error starting workflow 'foo': unable to start workflow: failed to start workflow: ")]
    [InlineData("POST", "x1/terminate", "ERR_TERMINATE_WORKFLOW", "error terminating workflow 'x1': failed to terminate workflow x1: failed to submit termination request:: ")]
    [InlineData("POST", "x1/pause", "ERR_PAUSE_WORKFLOW", "error pausing workflow x1: failed to pause workflow x1: failed to suspend workflow: ")]
    [InlineData("POST", "x1/resume", "ERR_RESUME_WORKFLOW", "error resuming workflow x1: failed to resume workflow x1: failed to resume workflow: ")]
    [InlineData("POST", "x1/raiseEvent/e", "ERR_RAISE_EVENT_WORKFLOW", "error raising event on workflow 'x1': failed to raise event e on workflow x1: failed to raise event: ")]
    [InlineData("POST", "x1/purge", "ERR_PURGE_WORKFLOW", "error purging workflow x1: failed to Purge workflow x1: failed to purge workflow state: failed to fetch workflow state: failed to load workflow metadata: ")]
    public async Task WithoutAStore_RefusalIsInDaprsWords(string verb, string path, string code, string message)
    {
        var answer = await rigs.WithoutStore.SendAsync(verb, path, verb == "POST" ? "{}" : null);

        const string Reason = "api error: code = Internal desc = the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \\\"true\\\" in your state store component file?";
        Assert.Equal((500, $"{{\"errorCode\":\"{code}\",\"message\":\"{message}{Reason}\"}}"), (answer.Status, answer.Text));
    }

    /// <summary>One whose workflow <c>one</c> is under way, and one that has no store for workflows.</summary>
    public sealed class Rigs : IAsyncLifetime
    {
        private McpBackend _backend = null!;

        internal WorkflowRig WithStore { get; private set; } = null!;

        internal WorkflowRig WithoutStore { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _backend = await McpBackend.StartAsync();
            WithStore = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", _backend.Url));
            WithoutStore = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", _backend.Url), store: string.Empty);
            await WithStore.BeginAsync("tools.CallTool.wait", id: "one");
        }

        public async ValueTask DisposeAsync()
        {
            await WithoutStore.DisposeAsync();
            await WithStore.DisposeAsync();
            await _backend.DisposeAsync();
        }
    }
}
