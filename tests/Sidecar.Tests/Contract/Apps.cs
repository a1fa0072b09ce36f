using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>What happened to the apps of the recordings before an entry.</summary>
internal static class Apps
{
    public static async Task PrepareAsync(ContractRig rig, JsonObject entry)
    {
        var stopping = TestContext.Current.CancellationToken;
        switch ((string)entry["name"]!)
        {
            case "after a second":
                var second = DateTimeOffset.UtcNow.AddSeconds(1.1);
                await Eventually.TrueAsync(() => DateTimeOffset.UtcNow > second, "a second is over", stopping);
                break;
            case "circuit breaker half open":
                var halfOpen = DateTimeOffset.UtcNow.AddSeconds(5.1);
                await Eventually.TrueAsync(() => DateTimeOffset.UtcNow > halfOpen, "the circuit is half-open", stopping);
                break;
            case "app went away":
                rig.App.Stop();
                break;
            case "app is back":
                rig.App.Start();
                break;
            case "healthz when the app is up":
                rig.StartApp(5606);
                await rig.Sidecar!.WaitForReadyAsync(stopping);
                break;
            case "app health check, healthy":
                rig.StartApp(5605);
                await rig.Sidecar!.WaitForReadyAsync(stopping);
                break;
            case "app unhealthy: invoke":
                rig.StartApp(5605).HealthStatus = 500;
                await Eventually.TrueAsync(() => rig.LastOutput().Contains("un-healthy", StringComparison.Ordinal), "the app is seen to be unhealthy", stopping);
                break;
            default:
                if ((string?)entry["config"] is { } config && config is not ("appdown" or "late" or "health"))
                {
                    await rig.WaitForAppAsync(config, stopping);
                }

                break;
        }
    }
}
