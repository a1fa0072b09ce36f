using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Pipeline;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Api;

/// <summary><c>shutdown</c>: 204, then the process ends; with <c>dapr-force-shutdown: true</c> at once and with exit code 1.</summary>
internal sealed partial class ShutdownApi(OriginGate origins, ShutdownSequence shutdown, TimeProvider time, ILogger<ShutdownApi> logger)
{
    private const string ForceHeader = "dapr-force-shutdown";

    /// <summary>For the answer to leave.</summary>
    private static readonly TimeSpan _answer = TimeSpan.FromMilliseconds(100);

    public Task StopAsync(SidecarRequest request)
    {
        var http = request.Http;
        if (origins.RefusesWithoutName(http.Request))
        {
            return OriginGate.RefuseAsync(http, "end this sidecar");
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        EndAfter(http.Response, http.Request.Headers);
        return Task.CompletedTask;
    }

    /// <summary>Begins the end when the answer has been written.</summary>
    public void EndAfter(HttpResponse answer, IHeaderDictionary wish)
    {
        var isForced = wish[ForceHeader].Any(value => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));
        answer.OnCompleted(() =>
        {
            if (isForced)
            {
                _ = ExitAsync();
            }
            else
            {
                Log.Requested(logger);
                shutdown.Begin();
            }

            return Task.CompletedTask;
        });
    }

    private async Task ExitAsync()
    {
        Log.Forced(logger);
        await Task.Delay(_answer, time);
        Environment.Exit(1);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Shutdown requested via API")]
        public static partial void Requested(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "Force shutdown requested, exiting immediately without graceful shutdown")]
        public static partial void Forced(ILogger logger);
    }
}
