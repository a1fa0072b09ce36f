using System.Text.Json;
using McpAspire.Sidecar.Tests.Rig;
using McpAspire.Sidecar.Tests.Workflows;

namespace McpAspire.Sidecar.Tests.McpServers;

/// <summary>Tools of MCP servers, called as workflows.</summary>
public sealed class McpServerTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_AreListedAndCalled(bool isStateless)
    {
        await using var backend = await McpBackend.StartAsync(isStateless: isStateless);
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", backend.Url));

        var listed = await rig.OutputAsync("tools.ListTools");

        Assert.Equal(["a.b", "echo", "fail", "large", "wait"], listed.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(("echo: hello", false), await rig.CallAsync("tools", "echo", """{"text":"hello"}"""));
        Assert.Equal(("no", true), await rig.CallAsync("tools", "fail"));
        Assert.Equal(("dotted", false), await rig.CallAsync("tools", "a.b"));
        Assert.Equal(("call-tool: missing required argument(s) for tool \"echo\": text", true), await rig.CallAsync("tools", "echo"));
        Assert.Contains("\"mcpServers\":[{\"name\":\"tools\"}]", (await RawClient.GetAsync(rig.Process.HttpPort, "/v1.0/metadata", Stopping)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_HaveToolsOfTheirOwn_AlsoWithDotsInTheirNames()
    {
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("a", backend.Url) + WorkflowRig.Server("a.CallTool", $"http://127.0.0.1:{FreePort.Next()}/mcp", spec: "ignoreErrors: true") + WorkflowRig.Server("b.c", backend.Url));

        Assert.Equal(("echo: 1", false), await rig.CallAsync("b.c", "echo", """{"text":"1"}"""));
        Assert.Equal("FAILED", (await rig.RunAsync("b.CallTool.echo")).GetProperty("runtimeStatus").GetString());
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("stdio")]
    public async Task OtherTransports_AreServed(string transport)
    {
        await using var backend = await McpBackend.StartAsync();
        using var folder = new TemporaryFolder();
        var script = folder.Write("server.sh", StdioServer);
        var endpoint = transport == "sse" ? $"sse: {{ url: '{backend.Url}/sse' }}" : $"stdio: {{ command: sh, args: ['{script}'], env: [{{ name: GREETING, value: hello }}] }}";
        var token = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = string.Empty, ["APP_API_TOKEN"] = "app-secret", ["KEPT"] = "kept" };
        await using var rig = await WorkflowRig.StartAsync($"apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata:\n  name: tools\nspec: {{ endpoint: {{ {endpoint} }} }}\n", environment: token);

        var (text, isError) = await rig.CallAsync("tools", "echo", """{"text":"1"}""");

        Assert.False(isError, text);
        Assert.Equal(transport == "sse" ? "echo: 1" : "hello kept .", text);
    }

    [Fact]
    public async Task Server_ThatIsNotThereYet_IsWaitedFor()
    {
        var port = FreePort.Next();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", $"http://127.0.0.1:{port}/mcp"), isReady: false);
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("MCPServer tools: failed to connect: the server cannot be reached", StringComparison.Ordinal), "it says so", Stopping);
        Assert.Equal(500, (await RawClient.GetAsync(rig.Process.HttpPort, "/v1.0/healthz/outbound", Stopping)).Status);
        Assert.Equal("FAILED", (await rig.RunAsync("tools.ListTools")).GetProperty("runtimeStatus").GetString());

        await using var backend = await McpBackend.StartAsync(port);
        backend.Refuses = 503;
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("the server answered 503", StringComparison.Ordinal), "it says so", Stopping);
        backend.Refuses = 0;

        await rig.Process.WaitForReadyAsync(Stopping);
        Assert.Equal(("echo: 1", false), await rig.CallAsync("tools", "echo", """{"text":"1"}"""));
    }

    [Fact]
    public async Task Call_BeforeTheToolsAreKnown_WaitsForThem()
    {
        var opening = new TaskCompletionSource();
        await using var backend = await McpBackend.StartAsync();
        backend.Opening = opening.Task;
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", backend.Url, spec: "ignoreErrors: true"));

        var call = await rig.BeginAsync("tools.CallTool.echo", """{"arguments":{"text":"1"}}""");
        await Eventually.TrueAsync(async () => (await rig.GetAsync(call)).GetProperty("runtimeStatus").GetString() == "RUNNING", "it runs", Stopping);
        await Task.Delay(300, Stopping);
        Assert.Equal("RUNNING", (await rig.GetAsync(call)).GetProperty("runtimeStatus").GetString());
        opening.SetResult();

        Assert.Equal("COMPLETED", (await rig.OverAsync(call)).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task Server_ThatMayBeAway_KeepsNothingWaiting()
    {
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", $"http://127.0.0.1:{FreePort.Next()}/mcp", spec: "ignoreErrors: true"));

        var failed = (await rig.RunAsync("tools.ListTools")).GetProperty("properties");

        Assert.Contains("is not registered", failed.GetProperty("dapr.workflow.failure.error_message").GetString(), StringComparison.Ordinal);
        Assert.Contains("\"mcpServers\":[{\"name\":\"tools\"}]", (await RawClient.GetAsync(rig.Process.HttpPort, "/v1.0/metadata", Stopping)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_ThatTheServerForgot_IsOpenedAnew_AndACallThatMayHaveBeenMadeIsNotMadeAgain()
    {
        var port = FreePort.Next();
        await using var first = await McpBackend.StartAsync(port);
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", first.Url));
        Assert.Equal(("echo: 1", false), await rig.CallAsync("tools", "echo", """{"text":"1"}"""));
        var cut = await rig.BeginAsync("tools.CallTool.wait");
        await first.Waiting.WaitAsync(Stopping);
        await first.AbortAsync();
        await using var second = await McpBackend.StartAsync(port);

        Assert.Equal(("echo: 2", false), await rig.CallAsync("tools", "echo", """{"text":"2"}"""));

        var output = (await rig.OverAsync(cut)).GetProperty("properties").GetProperty("dapr.workflow.output").GetString();
        Assert.Contains("\"isError\":true", output, StringComparison.Ordinal);
        Assert.Equal((1, 0), (first.Calls, second.Calls));
    }

    [Fact]
    public async Task Process_ThatEnds_IsStartedAnew_AndNoneOutlivesTheSidecar()
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write("server.sh", "trap '' TERM\necho $$ >> " + folder.PathOf("pids") + "\n" + StdioServer.Replace("$APP_API_TOKEN\" ;;", "$APP_API_TOKEN\"; exit ;;", StringComparison.Ordinal));
        var rig = await WorkflowRig.StartAsync($"apiVersion: dapr.io/v1alpha1\nkind: MCPServer\nmetadata:\n  name: tools\nspec: {{ endpoint: {{ stdio: {{ command: sh, args: ['{script}'] }} }} }}\n");
        await using (rig)
        {
            Assert.False((await rig.CallAsync("tools", "echo")).IsError);
            await Eventually.TrueAsync(async () => !(await rig.CallAsync("tools", "echo")).IsError, "the process is started anew", Stopping);
            rig.Process.Signal(15);
            await rig.Process.WaitForExitAsync(Stopping);
        }

        foreach (var id in await File.ReadAllLinesAsync(folder.PathOf("pids"), Stopping))
        {
            await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{id}"), "the process has ended", Stopping);
        }
    }

    [Fact]
    public async Task Call_ThatTakesTooLong_OrAnswersTooMuch_IsAnError()
    {
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", backend.Url, "timeout: 700ms") + WorkflowRig.Server("others", backend.Url));

        Assert.Equal(("call-tool: initial call failed for \"tools\": no answer within 0.7 s (tool \"wait\")", true), await rig.CallAsync("tools", "wait"));
        var (text, isError) = await rig.CallAsync("others", "large");
        Assert.True(isError);
        Assert.True(text.Length < 500, "the answer itself");
        Assert.Equal(("echo: 1", false), await rig.CallAsync("others", "echo", """{"text":"1"}"""));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"arguments\":[]}")]
    [InlineData("{\"arguments\":")]
    [InlineData("no JSON")]
    public async Task Input_ThatIsNone_IsAnError_AndNoCall(string input)
    {
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", backend.Url));
        var requests = backend.Requests.Count;

        var output = await rig.OutputAsync("tools.CallTool.fail", input);

        Assert.True(output.GetProperty("isError").GetBoolean());
        Assert.Contains("failed to parse CallToolInput", output.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(requests, backend.Requests.Count);
    }

    [Fact]
    public async Task Reload_TakesOver_WhatIsUnchanged_AndOnlyThat()
    {
        await using var backend = await McpBackend.StartAsync();
        await using var other = await McpBackend.StartAsync();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("kept", backend.Url) + WorkflowRig.Server("changed", backend.Url));
        var running = await rig.BeginAsync("changed.CallTool.wait");
        await backend.Waiting.WaitAsync(Stopping);
        var sessions = Sessions(backend);

        rig.Write("servers.yaml", WorkflowRig.Server("kept", backend.Url) + WorkflowRig.Server("changed", other.Url) + WorkflowRig.Server("new", other.Url));
        await Eventually.TrueAsync(async () => (await rig.RunAsync("new.ListTools")).GetProperty("runtimeStatus").GetString() == "COMPLETED", "the new one is there", Stopping);
        await rig.CallAsync("changed", "echo", """{"text":"1"}""");
        backend.Go();

        Assert.Equal("COMPLETED", (await rig.OverAsync(running)).GetProperty("runtimeStatus").GetString());
        Assert.Equal(sessions, Sessions(backend));
        Assert.Equal(("echo: 1", false), await rig.CallAsync("kept", "echo", """{"text":"1"}"""));
        rig.Delete("servers.yaml");
        await Eventually.TrueAsync(async () => (await rig.RunAsync("kept.ListTools")).GetProperty("runtimeStatus").GetString() == "FAILED", "it is gone", Stopping);
        await Eventually.TrueAsync(() => backend.Requests.Count(request => request.Verb == "DELETE") == 2, "its sessions are ended", Stopping);
        Assert.Contains("Registering workflow actors for internal workflows", rig.Process.Output, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("Unregistering workflow actors", StringComparison.Ordinal), "it says so", Stopping);
    }

    [Fact]
    public async Task Reload_ThatIsNotReachable_LeavesTheEarlierOne()
    {
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", backend.Url));

        rig.Write("servers.yaml", WorkflowRig.Server("tools", $"http://127.0.0.1:{FreePort.Next()}/mcp"));
        await Eventually.TrueAsync(() => rig.Process.Output.Contains("Resources not reloaded", StringComparison.Ordinal), "it says so", Stopping);

        Assert.Equal(("echo: 1", false), await rig.CallAsync("tools", "echo", """{"text":"1"}"""));
    }

    [Fact]
    public async Task Trace_OfTheCaller_GoesOnAtTheServer()
    {
        await using var collector = await OtlpCollector.StartAsync(grpc: false);
        await using var backend = await McpBackend.StartAsync();
        await using var rig = await WorkflowRig.StartAsync(WorkflowRig.Server("tools", backend.Url), spec: $"{{ tracing: {{ samplingRate: '1', otel: {{ endpointAddress: '127.0.0.1:{collector.Port}', protocol: http, isSecure: false }} }} }}", environment: new Dictionary<string, string> { ["OTEL_BSP_SCHEDULE_DELAY"] = "100" });
        const string Trace = "0af7651916cd43dd8448eb211c80319c";

        var started = await RawClient.SendAsync(rig.Process.HttpPort, "POST", "/v1.0/workflows/dapr/dapr.internal.mcp.tools.CallTool.fail/start?instanceID=traced", "{}", Stopping, ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));

        Assert.Equal(202, started.Status);
        await rig.OverAsync("traced");
        Assert.Contains(backend.Requests, request => request.Headers["traceparent"].ToString().StartsWith($"00-{Trace}-", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => collector.Spans.Any(span => span.Name == "orchestration||dapr.internal.mcp.tools.CallTool.fail"), "the span is exported", Stopping);
    }

    private static int Sessions(McpBackend backend) => backend.Requests.Select(request => request.Headers["Mcp-Session-Id"].ToString()).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal).Count();

    /// <summary>An MCP server of one tool, which says what is in its environment.</summary>
    private const string StdioServer = """
        while read -r line; do
          id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9a-z"-]*\).*/\1/p')
          case "$line" in
            *'"method":"initialize"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}}\n' "$id" ;;
            *'"method":"tools/list"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"echo","inputSchema":{"type":"object"}}]}}\n' "$id" ;;
            *'"method":"tools/call"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"%s %s %s."}]}}\n' "$id" "$GREETING" "$KEPT" "$APP_API_TOKEN" ;;
            *'"method":"notifications'*) ;;
            *) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no such method"}}\n' "$id" ;;
          esac
        done
        """;
}
