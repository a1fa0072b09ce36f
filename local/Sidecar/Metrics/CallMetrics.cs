using System.Diagnostics;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Metrics;

/// <summary>Counts a request that went to the app, an endpoint or another sidecar.</summary>
internal sealed class CallMetrics(SidecarMetrics metrics)
{
    /// <summary>The latency ends where the answer begins: an event stream may go on for hours.</summary>
    public void Called(SidecarRequest request, long started)
    {
        if (!metrics.IsEnabled)
        {
            return;
        }

        var answered = request.TargetStatus != 0;
        var status = answered ? request.TargetStatus : StatusCodes.Status500InternalServerError;
        var elapsed = Stopwatch.GetElapsedTime(started, answered ? request.TargetAnsweredAt : Stopwatch.GetTimestamp());
        metrics.Http.Called(request.Http.Request.Method, request.Method, status, request.Http.Request.ContentLength ?? 0, answered ? request.AnswerBytes : 0, elapsed);
        if (request.Target is { IsOwnApp: false })
        {
            metrics.Runtime.Invoked(request.AppId, status, elapsed);
        }
    }
}
