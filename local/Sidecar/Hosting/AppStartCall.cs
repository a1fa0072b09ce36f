using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// The one call that Dapr makes to an app when it has come up, and is healthy where that is asked for: <c>GET /dapr/config</c>,
/// through appHttpPipeline and under no Resiliency. Its answer says nothing that concerns this sidecar (actors), so an app without that route, or behind a bearer, is fine.
/// </summary>
internal sealed partial class AppStartCall(SidecarRuntime runtime, AppCall app, AppHealthMonitor health, SidecarOptions options, TimeProvider time, ILogger<AppStartCall> logger)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken stopping)
    {
        if (runtime.Current.App is null or { IsGrpc: true })
        {
            return;
        }

        if (options.DisableInitConfig)
        {
            Log.Skipped(logger);
            return;
        }

        try
        {
            await health.FirstHealthy.WaitAsync(stopping);
            using var limit = new CancellationTokenSource(_limit, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
            var answer = await app.SendAsync(
                runtime.Current,
                new AppRequest(HttpMethods.Get, "dapr/config", "application/json", []) { Headers = [KeyValuePair.Create("Dapr-App-Id", options.AppId)] },
                linked.Token);
            Log.Answered(logger, answer.Status);
        }
        catch (OperationCanceledException)
        {
            // Nothing depends on it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "GET /dapr/config of the app: {Status}")]
        public static partial void Answered(ILogger logger, int status);

        [LoggerMessage(2, LogLevel.Warning, "Skipping programmatic dapr configuration loading (see --disable-init-endpoints)")]
        public static partial void Skipped(ILogger logger);
    }
}
