using System.Text.Json;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Workflows;

/// <summary>Instances of workflows over HTTP.</summary>
public sealed class WorkflowApiTests : IAsyncDisposable
{
    private McpBackend? _backend;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_backend is not null)
        {
            await _backend.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("v1.0")]
    [InlineData("v1.0-beta1")]
    [InlineData("v1.0-alpha1")]
    public async Task Instance_IsWhatDaprSaysOfIt(string version)
    {
        await using var rig = await StartAsync();
        var started = await RawClient.SendAsync(rig.Process.HttpPort, "POST", $"/{version}/workflows/dapr/dapr.internal.mcp.tools.CallTool.echo/start?instanceID=one", """{"arguments":{"text":"<é>"}}""", Stopping);
        await rig.OverAsync("one");

        var read = await RawClient.GetAsync(rig.Process.HttpPort, $"/{version}/workflows/dapr/one", Stopping);

        Assert.Equal((202, """{"instanceID":"one"}"""), (started.Status, started.Text));
        var instance = JsonDocument.Parse(read.Text).RootElement;
        Assert.Equal(["instanceID", "workflowName", "createdAt", "lastUpdatedAt", "runtimeStatus", "properties"], instance.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("one", "dapr.internal.mcp.tools.CallTool.echo", "COMPLETED"), (instance.GetProperty("instanceID").GetString(), instance.GetProperty("workflowName").GetString(), instance.GetProperty("runtimeStatus").GetString()));
        Assert.Equal("""{"arguments":{"text":"<é>"}}""", instance.GetProperty("properties").GetProperty("dapr.workflow.input").GetString());
        Assert.Contains("echo: <", JsonDocument.Parse(instance.GetProperty("properties").GetProperty("dapr.workflow.output").GetString()!).RootElement.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(instance.GetProperty("lastUpdatedAt").GetDateTimeOffset() >= instance.GetProperty("createdAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Instance_UnderWay_IsActive_AndItsIdIsFreeWhenItIsOver()
    {
        await using var rig = await StartAsync();
        await rig.BeginAsync("tools.CallTool.wait", id: "one");
        await _backend!.Waiting.WaitAsync(Stopping);

        var again = await rig.SendAsync("POST", "dapr.internal.mcp.tools.CallTool.fail/start?instanceID=one", "{}");
        Assert.Equal("RUNNING", (await rig.GetAsync("one")).GetProperty("runtimeStatus").GetString());
        _backend.Go();
        await rig.OverAsync("one");

        Assert.Equal(500, again.Status);
        Assert.Contains("ERR_START_WORKFLOW", again.Text, StringComparison.Ordinal);
        Assert.Contains("already exists", again.Text, StringComparison.Ordinal);
        await rig.BeginAsync("tools.CallTool.fail", id: "one");
        Assert.Equal("dapr.internal.mcp.tools.CallTool.fail", (await rig.OverAsync("one")).GetProperty("workflowName").GetString());
    }

    [Fact]
    public async Task Terminated_IsNotHeardOfAgain()
    {
        await using var rig = await StartAsync();
        await rig.BeginAsync("tools.CallTool.wait", id: "one");
        await _backend!.Waiting.WaitAsync(Stopping);

        var terminated = await rig.SendAsync("POST", "one/terminate");
        Assert.Equal((202, "{}"), (terminated.Status, terminated.Text));

        Assert.Equal("TERMINATED", (await rig.OverAsync("one")).GetProperty("runtimeStatus").GetString());
        _backend.Go();
        Assert.Equal(202, (await rig.SendAsync("POST", "one/purge")).Status);
        Assert.Equal(404, (await rig.SendAsync("GET", "one")).Status);
    }

    [Fact]
    public async Task Suspended_IsNotOver_BeforeItIsResumed()
    {
        await using var rig = await StartAsync();
        await rig.BeginAsync("tools.CallTool.wait", id: "one");
        await _backend!.Waiting.WaitAsync(Stopping);
        Assert.Equal(202, (await rig.SendAsync("POST", "one/pause")).Status);
        _backend.Go();
        await Task.Delay(300, Stopping);
        Assert.Equal("SUSPENDED", (await rig.GetAsync("one")).GetProperty("runtimeStatus").GetString());
        Assert.Equal(500, (await rig.SendAsync("POST", "one/purge")).Status);

        Assert.Equal(202, (await rig.SendAsync("POST", "one/resume")).Status);

        Assert.Equal("COMPLETED", (await rig.OverAsync("one")).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task Tool_ThatTheServerDoesNotHave_FailsTheInstance()
    {
        await using var rig = await StartAsync();

        var properties = (await rig.RunAsync("tools.CallTool.none")).GetProperty("properties");

        Assert.Equal("workflow named 'dapr.internal.mcp.tools.CallTool.none' is not registered", properties.GetProperty("dapr.workflow.failure.error_message").GetString());
        Assert.Equal("*errors.errorString", properties.GetProperty("dapr.workflow.failure.error_type").GetString());
        Assert.False(properties.TryGetProperty("dapr.workflow.output", out _));
    }

    [Fact]
    public async Task WithoutAStoreForIt_NothingIsStarted()
    {
        await using var rig = await StartAsync(store: string.Empty);

        var answer = await rig.SendAsync("POST", "dapr.internal.mcp.tools.CallTool.fail/start", "{}");

        Assert.Equal(500, answer.Status);
        Assert.Contains("the state store is not configured to use the actor runtime", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_backend!.Requests, request => request.Headers["Mcp-Method"] == "tools/call");
    }

    [Fact]
    public async Task ClosedApi_HasNoWorkflows()
    {
        await using var rig = await StartAsync(spec: "{ api: { denied: [{ name: workflows, version: v1 }] } }");

        Assert.Equal(404, (await rig.SendAsync("POST", "dapr.internal.mcp.tools.ListTools/start", "{}")).Status);
        Assert.Equal(202, (await RawClient.SendAsync(rig.Process.HttpPort, "POST", "/v1.0-beta1/workflows/dapr/dapr.internal.mcp.tools.ListTools/start", "{}", Stopping)).Status);
    }

    [Fact]
    public async Task State_OfWorkflows_IsNotTheAppsToChange()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync("tools.ListTools");

        var answer = await RawClient.SendAsync(rig.Process.HttpPort, "POST", "/v1.0/state/store", """[{"key":"dapr.internal.default.app.workflow||one||metadata","value":1}]""", Stopping);

        Assert.Equal(400, answer.Status);
    }

    [Fact]
    public async Task Instance_IsKept_ForAsLongAsTheConfigurationSays()
    {
        await using var rig = await StartAsync(spec: "{ workflow: { stateRetentionPolicy: { anyTerminal: 1h, failed: 1s } } }");
        await rig.BeginAsync("tools.CallTool.none", id: "failed");
        await rig.BeginAsync("tools.CallTool.fail", id: "completed");

        await Eventually.TrueAsync(async () => (await rig.SendAsync("GET", "failed")).Status == 404, "it is gone", Stopping);

        Assert.Equal("COMPLETED", (await rig.GetAsync("completed")).GetProperty("runtimeStatus").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Instance_ThatTheEndOfTheProcessInterrupts_IsRunAgain(bool ignoresErrors)
    {
        using var folder = new TemporaryFolder();
        _backend = await McpBackend.StartAsync();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", _backend.Url, spec: ignoresErrors ? "ignoreErrors: true" : string.Empty), Sqlite(folder));
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("MCPServer tools is connected", StringComparison.Ordinal), "it is connected", Stopping);
        await rig.BeginAsync("tools.CallTool.fail", id: "done");
        await rig.OverAsync("done");
        await rig.BeginAsync("tools.CallTool.wait", id: "one");
        await _backend!.Waiting.WaitAsync(Stopping);

        await rig.RestartAsync();
        await _backend.Waiting.WaitAsync(Stopping);
        Assert.Equal("RUNNING", (await rig.GetAsync("one")).GetProperty("runtimeStatus").GetString());
        _backend.Go();

        Assert.Equal("COMPLETED", (await rig.OverAsync("one")).GetProperty("runtimeStatus").GetString());
        Assert.Equal("COMPLETED", (await rig.GetAsync("done")).GetProperty("runtimeStatus").GetString());
        Assert.Equal(2, _backend.Calls);
        await rig.RestartAsync();
        await rig.Process.WaitForReadyAsync(Stopping);
        Assert.Equal(2, _backend.Calls);
    }

    [Fact]
    public async Task Instance_ThatOnlyWaitsForItsServer_IsLeftToTheNextStart()
    {
        using var folder = new TemporaryFolder();
        var opening = new TaskCompletionSource();
        _backend = await McpBackend.StartAsync();
        _backend.Opening = opening.Task;
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", _backend.Url, spec: "ignoreErrors: true"), Sqlite(folder), flags: ["--dapr-graceful-shutdown-seconds", "60"]);
        await rig.BeginAsync("tools.CallTool.echo", """{"arguments":{"text":"1"}}""", id: "one");
        await Eventually.TrueAsync(async () => (await rig.GetAsync("one")).GetProperty("runtimeStatus").GetString() == "RUNNING", "it is begun", Stopping);

        rig.Process.Signal(15);
        await rig.Process.WaitForExitAsync(Stopping);

        Assert.Equal(0, rig.Process.ExitCode);
        opening.SetResult();
        await rig.RestartAsync();
        Assert.Equal("COMPLETED", (await rig.OverAsync("one")).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task Instance_IsNotRunByASecondProcess_WhileTheFirstOneLives()
    {
        using var folder = new TemporaryFolder();
        await using var rig = await StartAsync(store: Sqlite(folder));
        await rig.BeginAsync("tools.CallTool.wait", id: "one");
        await _backend!.Waiting.WaitAsync(Stopping);

        await using var second = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", _backend.Url), Sqlite(folder));
        var terminated = await second.SendAsync("POST", "one/terminate");
        await Task.Delay(500, Stopping);

        Assert.Equal((500, 1), (terminated.Status, _backend.Calls));
        Assert.Contains("another process runs it", terminated.Text, StringComparison.Ordinal);
        Assert.Equal(500, (await second.SendAsync("POST", "dapr.internal.mcp.tools.ListTools/start?instanceID=one", "{}")).Status);
        _backend.Go();
        Assert.Equal("COMPLETED", (await rig.OverAsync("one")).GetProperty("runtimeStatus").GetString());
        Assert.Equal("COMPLETED", (await second.GetAsync("one")).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task Start_BesideTerminate_LeavesNothingRunning()
    {
        using var folder = new TemporaryFolder();
        await using var rig = await StartAsync(store: Sqlite(folder));

        await Task.WhenAll(Enumerable.Range(0, 30).SelectMany(number => new[]
        {
            rig.SendAsync("POST", $"dapr.internal.mcp.tools.CallTool.fail/start?instanceID=i{number}", "{}"),
            rig.SendAsync("POST", $"i{number}/terminate"),
            rig.SendAsync("POST", $"i{number}/pause"),
            rig.SendAsync("POST", $"i{number}/terminate"),
            rig.SendAsync("POST", $"i{number}/resume"),
        }));

        foreach (var number in Enumerable.Range(0, 30))
        {
            await rig.SendAsync("POST", $"i{number}/resume");
            await rig.OverAsync($"i{number}");
            Assert.Equal(202, (await rig.SendAsync("POST", $"i{number}/purge")).Status);
        }
    }

    [Fact]
    public async Task Many_AtOnce_AreAllKept()
    {
        using var folder = new TemporaryFolder();
        await using var rig = await StartAsync(store: Sqlite(folder));

        var called = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => rig.CallAsync("tools", "echo", $"{{\"text\":\"{number}\"}}")));

        Assert.Equal(Enumerable.Range(0, 100).Select(number => ($"echo: {number}", false)), called);
        Assert.DoesNotContain("could not be kept", rig.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_ThatTheStoreHasNoRoomFor_IsAFailure_AndCanBePurged()
    {
        await using var rig = await StartAsync(store: WorkflowRig.Store.Replace("value: 'true' }", "value: 'true' }, { name: maxSize, value: '3000' }", StringComparison.Ordinal));

        var instance = await rig.RunAsync("tools.CallTool.echo", $"{{\"arguments\":{{\"text\":\"{new string('x', 1_000)}\"}}}}");

        Assert.Equal("FAILED", instance.GetProperty("runtimeStatus").GetString());
        Assert.Contains("the store is full", instance.GetProperty("properties").GetProperty("dapr.workflow.failure.error_message").GetString(), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await rig.SendAsync("POST", $"{instance.GetProperty("instanceID").GetString()}/purge")).Status == 202, "it is purged", Stopping);
    }

    [Fact]
    public async Task Store_ThatAReloadReplaces_GetsTheEnd()
    {
        using var folder = new TemporaryFolder();
        await using var rig = await StartAsync(store: Sqlite(folder));
        await rig.BeginAsync("tools.CallTool.wait", id: "one");
        await _backend!.Waiting.WaitAsync(Stopping);

        rig.Write("store.yaml", Sqlite(folder).Replace("actorStateStore, value: 'true'", "actorStateStore, value: 'true' }, { name: busyTimeout, value: '3s'", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("Resources reloaded", StringComparison.Ordinal), "it is reloaded", Stopping);
        _backend.Go();

        Assert.Equal("COMPLETED", (await rig.OverAsync("one")).GetProperty("runtimeStatus").GetString());
        await rig.RestartAsync();
        Assert.Equal("COMPLETED", (await rig.GetAsync("one")).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task Name_OfAMillionDots_IsRefusedAtOnce()
    {
        await using var rig = await StartAsync();
        using var client = new DaprClient(rig.Process);

        var refused = await DaprClient.RefusedAsync(client.Api.StartWorkflowBeta1Async(new McpAspire.Sidecar.Grpc.Protocol.StartWorkflowRequest { WorkflowName = "dapr.internal.mcp." + new string('.', 1_000_000), WorkflowComponent = "dapr" }, cancellationToken: Stopping));

        Assert.Contains("no more than 1024 characters", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_OfManyCallers_AreApart()
    {
        await using var rig = await StartAsync();

        var called = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => rig.CallAsync("tools", "echo", $"{{\"text\":\"{number}\"}}")));

        Assert.Equal(Enumerable.Range(0, 100).Select(number => ($"echo: {number}", false)), called);
    }

    private static string Sqlite(TemporaryFolder folder)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: state.sqlite\n  version: v1\n  metadata: [{{ name: connectionString, value: '{folder.PathOf("state.db")}' }}, {{ name: actorStateStore, value: 'true' }}]\n";

    private async Task<WorkflowRig> StartAsync(string store = WorkflowRig.Store, string spec = "{}")
    {
        _backend = await McpBackend.StartAsync();
        return await WorkflowRig.StartAsync(WorkflowRig.Server("tools", _backend.Url), store, spec);
    }
}
