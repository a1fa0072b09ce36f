using System.Globalization;
using System.Net;
using System.Net.Sockets;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Resiliency;

/// <summary>Policies at work in a running sidecar, where the recordings say nothing.</summary>
public sealed class ResiliencySidecarTests
{
    private const string OpenCircuit = "failed to invoke, id: app, err: circuit breaker is open";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Body_TooLongToHold_IsSentOnceAndWhole()
    {
        await using var app = new EchoApp();
        using var folder = Folder("retries: {r: {duration: 1ms, maxRetries: 3}}", "retry: r");
        await using var sidecar = await StartAsync(folder, app, "--max-body-size", "16Mi");

        var answer = await RawClient.PostAsync(sidecar.HttpPort, "/flaky", new string('x', 5 * 1024 * 1024), Stopping, ("dapr-app-id", "app"));

        Assert.Equal(503, answer.Status);
        Assert.Equal(5 * 1024 * 1024, Assert.Single(app.Requests).Body.Length);
    }

    [Fact]
    public async Task Body_OverTheSidecarsLimit_IsRefusedAsWithoutAPolicy()
    {
        await using var app = new EchoApp();
        using var folder = Folder("retries: {r: {duration: 1ms, maxRetries: 3}}", "retry: r");
        await using var sidecar = await StartAsync(folder, app, "--max-body-size", "1Ki");

        var answer = await RawClient.PostAsync(sidecar.HttpPort, "/show", new string('x', 2048), Stopping, ("dapr-app-id", "app"));

        Assert.Equal(500, answer.Status);
        Assert.Contains("stream too large", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Requests, request => request.Body.Length > 0);
    }

    [Fact]
    public async Task Circuit_OpensForFailures_NotForRefusals()
    {
        await using var app = new EchoApp();
        using var folder = Folder("circuitBreakers: {c: {trip: consecutiveFailures >= 2, timeout: 10m}}", "circuitBreaker: c");
        await using var sidecar = await StartAsync(folder, app);

        var refusals = await StatusesAsync(sidecar, "/b/json-error/401", 5);
        var failures = await StatusesAsync(sidecar, "/b/json-error/503", 2);
        var open = await GetAsync(sidecar, "/b/json-error/503");

        Assert.Equal([401, 401, 401, 401, 401, 503, 503], [.. refusals, .. failures]);
        Assert.Equal(500, open.Status);
        Assert.Contains(OpenCircuit, open.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await GetAsync(sidecar, "/another/method")).Status);
        Assert.Contains("changed state from Closed to Open", sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Circuit_DoesNotOpen_ForCallersWhoGoAway()
    {
        await using var app = new EchoApp();
        using var folder = Folder("circuitBreakers: {c: {trip: consecutiveFailures >= 1, timeout: 10m}}", "circuitBreaker: c");
        await using var sidecar = await StartAsync(folder, app);

        for (var caller = 1; caller <= 3; caller++)
        {
            using (var client = new TcpClient())
            {
                await client.ConnectAsync(IPAddress.Loopback, sidecar.HttpPort, Stopping);
                await client.GetStream().WriteAsync("GET /b/slow?s=30 HTTP/1.1\r\nHost: localhost\r\ndapr-app-id: app\r\n\r\n"u8.ToArray(), Stopping);
                await Eventually.TrueAsync(() => app.Requests.Count == caller, "the request is at the app", Stopping);
            }

            await Eventually.TrueAsync(() => app.Abandoned.Count == caller, "the app's request has ended", Stopping);
        }

        Assert.Equal(200, (await GetAsync(sidecar, "/b/slow?s=0")).Status);
    }

    [Fact]
    public async Task Timeout_OfAStream_EndsItWhereTheCallerSeesIt_AndDoesNotBeginAnew()
    {
        await using var app = new EchoApp();
        using var folder = Folder("timeouts: {t: 3s}\n    retries: {r: {duration: 1ms, maxRetries: 2}}", "timeout: t\n        retry: r");
        await using var sidecar = await StartAsync(folder, app);

        var stream = await GetAsync(sidecar, "/b/sse?n=3&every=60");

        Assert.Equal((200, false), (stream.Status, stream.Complete));
        Assert.Contains("id: 0", stream.Text, StringComparison.Ordinal);
        Assert.Single(app.Requests);
    }

    [Fact]
    public async Task Timeout_OfHungCalls_OpensTheCircuit_AndAnOpenOneIsNotTriedAgain()
    {
        await using var app = new EchoApp();
        using var folder = Folder(
            "timeouts: {t: 100ms}\n    retries: {r: {duration: 1ms, maxRetries: 2}}\n    circuitBreakers: {c: {trip: consecutiveFailures >= 3, timeout: 10m}}",
            "timeout: t\n        retry: r\n        circuitBreaker: c");
        await using var sidecar = await StartAsync(folder, app);

        var hung = await GetAsync(sidecar, "/b/slow?s=60");
        var open = await GetAsync(sidecar, "/b/slow?s=60");

        Assert.Equal((500, 500), (hung.Status, open.Status));
        Assert.Contains("context deadline exceeded", hung.Text, StringComparison.Ordinal);
        Assert.Contains(OpenCircuit, open.Text, StringComparison.Ordinal);
        Assert.InRange(app.Requests.Count, 0, 3);
    }

    [Fact]
    public async Task Retries_WithoutANumber_LastAsLongAsTheCallerWaits()
    {
        await using var app = new EchoApp();
        using var folder = Folder("retries: {r: {duration: 20ms}}", "retry: r");
        await using var sidecar = await StartAsync(folder, app);

        app.Stop();
        var call = GetAsync(sidecar, "/show");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Retry 3 in 20 ms", StringComparison.Ordinal), "the call is tried again", Stopping);
        Assert.False(call.IsCompleted);
        app.Start();

        Assert.Equal(200, (await call).Status);
    }

    [Fact]
    public async Task Retry_ThatIsWaitedFor_KeepsNoOtherCallFromTheApp()
    {
        await using var app = new EchoApp();
        using var folder = Folder("retries: {r: {duration: 10m, maxRetries: 1}}", "retry: r");
        await using var sidecar = await StartAsync(folder, app, "--app-max-concurrency", "1");

        var waiting = GetAsync(sidecar, "/flaky");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Retry 1 in", StringComparison.Ordinal), "the call waits for its retry", Stopping);
        var other = await GetAsync(sidecar, "/show");

        Assert.Equal(200, other.Status);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Resiliency_Changed_TakesEffect_AndAWrongOneChangesNothing()
    {
        await using var app = new EchoApp();
        using var folder = Folder("retries: {r: {duration: 1ms, maxRetries: 0}}", "retry: r");
        await using var sidecar = await StartAsync(folder, app);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Watching", StringComparison.Ordinal), "the files are watched", Stopping);
        Assert.Equal(503, (await GetAsync(sidecar, "/flaky")).Status);

        Write(folder, "retries: {r: {duration: 1ms, maxRetries: 2}}", "retry: r");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Resources reloaded", StringComparison.Ordinal), "the policy is read", Stopping);
        app.ResetFlaky();
        Assert.Equal(200, (await GetAsync(sidecar, "/flaky")).Status);

        Write(folder, "retries: {r: {duration: soon}}", "retry: r");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("Resources not reloaded", StringComparison.Ordinal), "the wrong policy is refused", Stopping);
        app.ResetFlaky();
        Assert.Equal(200, (await GetAsync(sidecar, "/flaky")).Status);
    }

    private static async Task<int[]> StatusesAsync(SidecarProcess sidecar, string target, int count)
    {
        var statuses = new int[count];
        for (var call = 0; call < count; call++)
        {
            statuses[call] = (await GetAsync(sidecar, target)).Status;
        }

        return statuses;
    }

    private static Task<RawResponse> GetAsync(SidecarProcess sidecar, string target)
        => RawClient.GetAsync(sidecar.HttpPort, target, Stopping, ("dapr-app-id", "app"));

    private static async Task<SidecarProcess> StartAsync(TemporaryFolder folder, EchoApp app, params string[] flags)
    {
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources"), .. flags],
            Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }

    private static TemporaryFolder Folder(string policies, string target)
    {
        var folder = new TemporaryFolder();
        Write(folder, policies, target);
        return folder;
    }

    private static void Write(TemporaryFolder folder, string policies, string target) => folder.Write("resources/resiliency.yaml", $"""
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: r
        spec:
          policies:
            {policies}
          targets:
            apps:
              app:
                {target}
        """);
}
