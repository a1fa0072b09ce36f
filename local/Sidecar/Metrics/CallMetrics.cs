using System.Diagnostics;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Metrics;

/// <summary>Counts what went to the app, an endpoint or another sidecar: as in Dapr each try of a call for itself.</summary>
internal sealed class CallMetrics(SidecarMetrics metrics)
{
    /// <summary>The latency ends where the answer begins: an event stream may go on for hours.</summary>
    public void Called(SidecarRequest request)
    {
        var isAnswered = request.TargetStatus != 0;
        Count(request, isAnswered ? request.TargetStatus : null, isAnswered ? request.AnswerBytes : 0, isAnswered ? request.TargetAnsweredAt : Stopwatch.GetTimestamp());
    }

    /// <summary>A try that a policy repeats.</summary>
    public void Discarded(SidecarRequest request, HttpResponseMessage? response)
        => Count(request, (int?)response?.StatusCode, response?.Content.Headers.ContentLength ?? 0, Stopwatch.GetTimestamp());

    private void Count(SidecarRequest request, int? status, long receivedBytes, long ended)
    {
        if (!metrics.IsEnabled)
        {
            return;
        }

        var elapsed = Stopwatch.GetElapsedTime(request.AttemptedAt, ended);
        metrics.Http.Called(request.Http.Request.Method, request.Method, status ?? StatusCodes.Status500InternalServerError, request.Http.Request.ContentLength ?? 0, receivedBytes, elapsed);
        if (request.Target is { IsOwnApp: false })
        {
            metrics.Runtime.Invoked(request.AppId, status, elapsed);
        }
    }
}
