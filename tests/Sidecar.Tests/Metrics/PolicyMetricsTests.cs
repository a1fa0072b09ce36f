using System.Globalization;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Metrics;

/// <summary>What policies did can be read under Dapr's names: <c>dapr_resiliency_*</c>.</summary>
public sealed class PolicyMetricsTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retries_AreCounted_AndEachTryOfACallForItself()
    {
        await using var app = new EchoApp();
        using var folder = Folder("retries: {r: {duration: 1ms, maxRetries: 2}}", "retry: r");
        await using var sidecar = await StartAsync(folder, app);

        Assert.Equal(200, (await GetAsync(sidecar, "/flaky")).Status);
        Assert.Equal(200, (await GetAsync(sidecar, "/show")).Status);

        await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            "dapr_resiliency_loaded{app_id=\"app\",name=\"policies\",namespace=\"shop\"} 1",
            $"dapr_resiliency_count{Labels("retry", "")} 2",
            $"dapr_resiliency_activations_total{Labels("retry", "")} 2",
            "dapr_http_client_completed_count{app_id=\"app\",method=\"GET\",path=\"/flaky\",status=\"503\"} 2",
            "dapr_http_client_completed_count{app_id=\"app\",method=\"GET\",path=\"/flaky\",status=\"200\"} 1",
            "dapr_http_server_request_count{app_id=\"app\",method=\"GET\",path=\"/flaky\",status=\"200\"} 1");
    }

    [Fact]
    public async Task Timeout_IsCountedOncePerCall_HoweverManyTries()
    {
        await using var app = new EchoApp();
        using var folder = Folder("timeouts: {t: 50ms}\n    retries: {r: {duration: 1ms, maxRetries: 2}}", "timeout: t\n        retry: r");
        await using var sidecar = await StartAsync(folder, app);

        Assert.Equal(500, (await GetAsync(sidecar, "/b/slow?s=60")).Status);

        await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            $"dapr_resiliency_count{Labels("timeout", "")} 1",
            $"dapr_resiliency_activations_total{Labels("timeout", "")} 1",
            $"dapr_resiliency_activations_total{Labels("retry", "")} 2");
    }

    [Fact]
    public async Task Circuit_ShowsItsState_ByCallAndByTime()
    {
        await using var app = new EchoApp();
        using var folder = Folder("circuitBreakers: {c: {trip: consecutiveFailures >= 2, timeout: 1s}}", "circuitBreaker: c");
        await using var sidecar = await StartAsync(folder, app);

        await GetAsync(sidecar, "/flaky"); // fails
        await GetAsync(sidecar, "/flaky"); // fails, opens
        await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            $"dapr_resiliency_count{Labels("circuitbreaker", "closed")} 2",
            $"dapr_resiliency_activations_total{Labels("circuitbreaker", "open")} 1",
            $"dapr_resiliency_cb_state{Labels("circuitbreaker", "closed")} 0",
            $"dapr_resiliency_cb_state{Labels("circuitbreaker", "half-open")} 0",
            $"dapr_resiliency_cb_state{Labels("circuitbreaker", "open")} 1",
            $"dapr_resiliency_cb_state{Labels("circuitbreaker", "unknown")} 0");
        await Eventually.TrueAsync(async () => (await GetAsync(sidecar, "/flaky")).Status == 200, "the circuit lets a call through, which closes it", Stopping);

        var lines = await MetricsPort.HoldsAsync(
            sidecar,
            Stopping,
            $"dapr_resiliency_count{Labels("circuitbreaker", "half-open")} 1",
            $"dapr_resiliency_activations_total{Labels("circuitbreaker", "closed")} 1",
            $"dapr_resiliency_cb_state{Labels("circuitbreaker", "closed")} 1",
            $"dapr_resiliency_cb_state{Labels("circuitbreaker", "open")} 0");
        Assert.DoesNotContain(lines, line => line.StartsWith($"dapr_resiliency_activations_total{Labels("circuitbreaker", "half-open")}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AppIdsThatACallerMakesUp_AreNoSeries()
    {
        await using var app = new EchoApp();
        using var folder = Folder("retries: {DefaultRetryPolicy: {duration: 1ms, maxRetries: 1}}", null);
        await using var sidecar = await StartAsync(folder, app);

        for (var i = 0; i < 50; i++)
        {
            await RawClient.GetAsync(sidecar.HttpPort, "/show", Stopping, ("dapr-app-id", $"made-up-{i}"));
        }

        await GetAsync(sidecar, "/show");

        var lines = await MetricsPort.HoldsAsync(sidecar, Stopping, $"dapr_resiliency_count{Labels("retry", "")} 1");
        Assert.Single(lines, line => line.StartsWith("dapr_resiliency_count", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("dapr_runtime_service_invocation", StringComparison.Ordinal));
    }

    private static string Labels(string policy, string status)
        => $"{{app_id=\"app\",flow_direction=\"outbound\",name=\"policies\",namespace=\"shop\",policy=\"{policy}\",status=\"{status}\",target=\"app_app\"}}";

    private static Task<RawResponse> GetAsync(SidecarProcess sidecar, string target)
        => RawClient.GetAsync(sidecar.HttpPort, target, Stopping, ("dapr-app-id", "app"));

    private static async Task<SidecarProcess> StartAsync(TemporaryFolder folder, EchoApp app)
    {
        var sidecar = await SidecarProcess.StartAsync(
            ["--app-id", "app", "--app-port", app.Port.ToString(CultureInfo.InvariantCulture), "--resources-path", folder.PathOf("resources")],
            Stopping);
        await sidecar.WaitForReadyAsync(Stopping);
        return sidecar;
    }

    private static TemporaryFolder Folder(string policies, string? target)
    {
        var folder = new TemporaryFolder();
        folder.Write("resources/resiliency.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata:
              name: policies
              namespace: shop
            spec:
              policies:
                {policies}
              targets:{(target is null ? " {}" : $"\n    apps:\n      app:\n        {target}")}
            """);
        return folder;
    }
}
