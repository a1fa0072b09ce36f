using System.Diagnostics;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Every request of the API port, in daprd's order: path, trace, CORS, API token, httpPipeline, routes.</summary>
internal sealed class SidecarApplication(
    SidecarRuntime runtime,
    SidecarTracer tracer,
    SidecarMetrics metrics,
    ApiTokenGate gate,
    CorsPolicy cors,
    ApiLog apiLog)
{
    public async Task HandleAsync(HttpContext http)
    {
        var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (raw == "*")
        {
            http.Response.ContentLength = 0;
            return;
        }

        var request = new SidecarRequest(http, runtime.Current);
        if (!raw.StartsWith('/') && HttpMethods.IsConnect(http.Request.Method))
        {
            raw = "/";
        }

        if (!RequestTarget.TryParse(raw, out var target))
        {
            await PlainText.WriteAsync(http, StatusCodes.Status400BadRequest, "400 Bad Request");
            return;
        }

        request.Path = target.Path;
        request.HadTrailingSlash = target.HadTrailingSlash;
        request.Query = target.Query;
        var started = Stopwatch.GetTimestamp();
        var activity = tracer.IsEnabled && !IsHealth(request.Path) ? StartTrace(request) : null;
        try
        {
            await HandleAsync(request);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller went away.
        }
        catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
        {
            http.Response.StatusCode = exception.StatusCode;
        }
        finally
        {
            if (activity is not null)
            {
                SidecarTracer.Stop(activity, request);
            }

            Note(request, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task HandleAsync(SidecarRequest request)
    {
        var http = request.Http;
        if (cors.IsEnabled && cors.Answers(http))
        {
            return;
        }

        if (gate.IsEnabled && !gate.Admits(request))
        {
            await ApiTokenGate.RefuseAsync(http);
            return;
        }

        if (tracer.IsEnabled && http.Request.Headers.Baggage is { Count: > 0 } baggage && BaggageHeader.Complaint(baggage) is { } complaint)
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers.Remove("traceparent");
            http.Response.Headers.Remove("baggage");
            await PlainText.WriteAsync(http, StatusCodes.Status400BadRequest, $"invalid baggage header: {complaint}\n");
            return;
        }

        await request.Runtime.HttpPipeline(request);
    }

    private void Note(SidecarRequest request, TimeSpan elapsed)
    {
        var (verb, status) = (request.Http.Request.Method, request.Http.Response.StatusCode);
        if (metrics.IsEnabled)
        {
            CountError(request);
            metrics.Http.Served(verb, request.Path, status, request.Http.Request.ContentLength ?? 0, request.AnswerBytes, elapsed);
        }

        if (apiLog.IsEnabled(request))
        {
            apiLog.Write(request, elapsed);
        }
    }

    /// <summary>As daprd: a failure that the app answers to a request of known length counts as one of the invocation.</summary>
    private void CountError(SidecarRequest request)
    {
        if (request.Http.Features.Get<AnsweredError>() is { } error)
        {
            metrics.ErrorCodes.Answered(error.Code, error.Category);
        }
        else if (request.TargetStatus is not (0 or (>= 200 and <= 399)) && !HasUnknownLength(request.Http.Request))
        {
            metrics.ErrorCodes.Answered(DaprErrors.DirectInvoke);
        }
    }

    private static bool HasUnknownLength(HttpRequest http) => http.Headers.TransferEncoding.Count > 0;

    private Activity? StartTrace(SidecarRequest request)
    {
        var activity = tracer.Start(request);
        TraceHeaders.Set(request.Http.Response.Headers, request);
        return activity;
    }

    /// <summary>As daprd: nothing that looks like a health check is traced.</summary>
    private static bool IsHealth(string path) => path.Contains("/healthz", StringComparison.OrdinalIgnoreCase);
}
