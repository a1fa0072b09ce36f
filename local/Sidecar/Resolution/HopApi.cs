using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace McpAspire.Sidecar.Resolution;

/// <summary>A call of another app's sidecar: the whole path is the method. As in Dapr appHttpPipeline runs, httpPipeline does not.</summary>
internal sealed class HopApi(SidecarRuntime runtime, Invoker invoker, SidecarTracer tracer, SidecarMetrics metrics)
{
    public async Task HandleAsync(HttpContext http, HopCaller caller)
    {
        var request = new SidecarRequest(http, runtime.Current) { Caller = caller };
        if (!RequestTarget.TryParse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var target))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        request.AppId = http.Request.Headers["dapr-app-id"].ToString() is { Length: > 0 } id ? id : runtime.Current.AppId;
        request.Method = target.Path[1..];
        request.Query = target.Query;
        request.Path = $"/v1.0/invoke/{request.AppId}/method/{request.Method}";
        var activity = tracer.IsEnabled ? tracer.Start(request) : null;
        try
        {
            await (request.Runtime.IsOwn(request.AppId) ? invoker.InvokeAsync(request) : DaprErrors.NoAppIdAsync(http));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller went away.
        }
        finally
        {
            if (activity is not null)
            {
                SidecarTracer.Stop(activity, request);
            }

            if (metrics.IsEnabled)
            {
                metrics.Runtime.Answered(caller.AppId, http.Response.StatusCode);
            }
        }
    }
}
