using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Pipeline;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// The one call that Dapr makes to an app when it has come up: <c>GET /dapr/config</c>, through appHttpPipeline and under no
/// Resiliency. Its answer says nothing that concerns this sidecar (actors), so an app without that route, or behind a bearer, is fine.
/// </summary>
internal sealed partial class AppStartCall(SidecarRuntime runtime, SidecarOptions options, TimeProvider time, ILogger<AppStartCall> logger)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken stopping)
    {
        if (runtime.Current.App is not { } app || app.IsGrpc)
        {
            return;
        }

        if (options.DisableInitConfig)
        {
            Log.Skipped(logger);
            return;
        }

        using var limit = new CancellationTokenSource(_limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var http = new DefaultHttpContext { RequestAborted = linked.Token };
        http.Request.Method = HttpMethods.Get;
        http.Request.ContentType = "application/json";
        var request = new SidecarRequest(http, runtime.Current)
        {
            Path = "/dapr/config",
            AppId = options.AppId,
            Method = "dapr/config",
            Target = app with { Headers = [KeyValuePair.Create("Dapr-App-Id", options.AppId)], IsOwnApp = true, Resilience = null },
        };
        try
        {
            await runtime.Current.AppPipeline(request);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Nothing depends on it.
        }

        Log.Answered(logger, http.Response.StatusCode);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "GET /dapr/config of the app: {Status}")]
        public static partial void Answered(ILogger logger, int status);

        [LoggerMessage(2, LogLevel.Warning, "Skipping programmatic dapr configuration loading (see --disable-init-endpoints)")]
        public static partial void Skipped(ILogger logger);
    }
}
