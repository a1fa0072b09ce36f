using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Service invocation: finds the target of an app id, runs appHttpPipeline, forwards.</summary>
internal sealed class Invoker(Lazy<IHttpForwarder> forwarder, SidecarOptions options, SidecarTracer tracer, AppHealthMonitor health, AccessGate access, CallMetrics metrics)
{
    private static readonly ForwarderRequestConfig _http11 = Config(System.Net.HttpVersion.Version11);
    private static readonly ForwarderRequestConfig _http2 = Config(System.Net.HttpVersion.Version20);

    private readonly SemaphoreSlim? _slots = options.AppMaxConcurrency > 0 ? new SemaphoreSlim(options.AppMaxConcurrency) : null;

    public Task InvokeAsync(SidecarRequest request)
    {
        if (HttpMethods.IsConnect(request.Http.Request.Method))
        {
            return FailAsync(request, "rpc error: code = InvalidArgument desc = invalid HTTP verb");
        }

        if (MethodPath.Complaint(request.Method) is { } complaint)
        {
            return FailAsync(request, $"rpc error: code = InvalidArgument desc = invalid method: {complaint}");
        }

        // Another sidecar reaches this app, never what this app may call.
        var reason = "app channel is not initialized";
        request.Target = request.Caller is null ? request.Runtime.FindTarget(request.AppId, out reason) : request.Runtime.App;
        if (request.Target is not { } target)
        {
            return FailAsync(request, reason);
        }

        if (target.IsOwnApp && access.Complaint(request) is { } denied)
        {
            return FailAsync(request, denied, StatusCodes.Status403Forbidden);
        }

        // As in Dapr: appHttpPipeline stands before the own app and before endpoints, not on the way to another sidecar.
        return target.IsSidecar ? ForwardAsync(request) : request.Runtime.AppPipeline(request);
    }

    /// <summary>The end of appHttpPipeline.</summary>
    public async Task ForwardAsync(SidecarRequest request)
    {
        request.Stage = PipelineStage.App;
        var target = request.Target!;
        if (health.IsUnhealthy && target.IsOwnApp)
        {
            await FailAsync(request, "rpc error: code = Internal desc = app is not in a healthy state");
            return;
        }

        string method, bad;
        if (target.HasGrpcStatus)
        {
            method = MethodPath.EscapeAll(request.Method);
        }
        else if (!MethodPath.TryEscape(request.Method, out method, out bad))
        {
            await FailAsync(request, $"parse \"{UrlText.WithoutPassword(target.BaseUrl)}/{request.Method}\": invalid URL escape \"{bad}\"");
            return;
        }

        if (ForwardTransformer.Url(target, method, request.Query) is not { } url)
        {
            await FailAsync(request, $"parse \"{UrlText.WithoutPassword(target.BaseUrl)}/{method}\": invalid URL");
            return;
        }

        var http = request.Http;
        if (http.Request.Headers.Upgrade.Count > 0)
        {
            http.Features.Set<IHttpUpgradeFeature>(null); // no protocol switches, as in daprd: the request goes on without
        }

        var slot = target.IsOwnApp && _slots is not null ? new AppSlot(_slots) : null;
        if (slot is not null)
        {
            await slot.EnterAsync(http.RequestAborted);
        }

        request.BeginAttempt();
        try
        {
            await SendAsync(request, target, method, url, slot);
        }
        finally
        {
            slot?.Leave();
            metrics.Called(request);
        }
    }

    private async Task SendAsync(SidecarRequest request, InvocationTarget target, string method, Uri url, AppSlot? slot)
    {
        var http = request.Http;
        var transformer = new ForwardTransformer(request, target, url, tracer.IsEnabled);
        var config = target.HttpVersion.Major == 2 ? _http2 : _http11;
        if (target.Resilience is { } resilience && request.Caller is null) // else the calling sidecar has policies of its own
        {
            using var call = new ResilientCall(resilience, target.Client, method, slot, new CallAttempts(request, metrics), http.RequestAborted);
            var error = await forwarder.Value.SendAsync(http, target.BaseUrl, call.Client, config, transformer, call.End);
            call.Complete(error);
            await ReportAsync(request, error, url, call.Failure);
        }
        else
        {
            var error = await forwarder.Value.SendAsync(http, target.BaseUrl, target.Client, config, transformer, http.RequestAborted);
            await ReportAsync(request, error, url, policyFailure: null);
        }
    }

    private Task ReportAsync(SidecarRequest request, ForwarderError error, Uri url, string? policyFailure)
    {
        var http = request.Http;
        return error == ForwarderError.None || http.Response.HasStarted || http.RequestAborted.IsCancellationRequested
            ? Task.CompletedTask
            : FailAsync(request, policyFailure ?? ForwardFailure.Describe(http.Features.Get<IForwarderErrorFeature>(), http.Request.Method, url, options.ReadBufferSize));
    }

    private Task FailAsync(SidecarRequest request, string reason, int status = StatusCodes.Status500InternalServerError)
    {
        if (request.Caller is not null && !reason.StartsWith("rpc error:", StringComparison.Ordinal))
        {
            reason = $"rpc error: code = Internal desc = error invoking app channel: {reason}";
        }

        if (tracer.IsEnabled)
        {
            TraceHeaders.Set(request.Http.Response.Headers, request);
        }

        if (request.Caller is not null)
        {
            BridgeHeaders.SetError(request.Http.Response.Headers, status, reason);
        }

        return DaprErrors.InvokeFailedAsync(request.Http, request.AppId, reason, status);
    }

    /// <summary>No idle limit: an event stream may be silent for as long as both ends like.</summary>
    private static ForwarderRequestConfig Config(Version version) => new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        AllowResponseBuffering = false,
    };
}
