using System.Net;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resolution;

namespace McpAspire.Sidecar.Invocation;

/// <summary>What stands between two tries of one call: the failed one is counted for itself, and a token gets its chance to be renewed.</summary>
internal sealed class CallAttempts(SidecarRequest request, CallMetrics metrics)
{
    /// <summary>A try whose answer, or the lack of one, is not the caller's.</summary>
    public void Failed(HttpResponseMessage? response) => metrics.Discarded(request, response);

    public ValueTask PrepareAsync(HttpRequestMessage message, HttpStatusCode? lastStatus, CancellationToken cancellationToken)
    {
        request.BeginAttempt();
        if (request.Target is { IsSidecar: true })
        {
            SidecarFailover.Repeat(message);
        }

        return request.Renewal is { } renewal ? renewal(message, lastStatus, cancellationToken) : ValueTask.CompletedTask;
    }
}
