using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resiliency;
using McpAspire.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Service invocation: finds the target of an app id, runs appHttpPipeline, forwards.</summary>
internal sealed class Invoker(IHttpForwarder forwarder, SidecarOptions options, SidecarTracer tracer, AppHealthMonitor health)
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

        request.Target = request.Runtime.FindTarget(request.AppId, out var reason);
        return request.Target is null ? FailAsync(request, reason) : request.Runtime.AppPipeline(request);
    }

    /// <summary>The end of appHttpPipeline.</summary>
    public async Task ForwardAsync(SidecarRequest request)
    {
        request.Stage = PipelineStage.App;
        var target = request.Target!;
        if (health.IsUnhealthy && target == request.Runtime.App)
        {
            await FailAsync(request, "rpc error: code = Internal desc = app is not in a healthy state");
            return;
        }

        if (!MethodPath.TryEscape(request.Method, out var method, out var bad))
        {
            await FailAsync(request, $"parse \"{target.BaseUrl}/{request.Method}\": invalid URL escape \"{bad}\"");
            return;
        }

        if (ForwardTransformer.Url(target, method, request.Query) is not { } url)
        {
            await FailAsync(request, $"parse \"{target.BaseUrl}/{method}\": invalid URL");
            return;
        }

        var http = request.Http;
        if (http.Request.Headers.Upgrade.Count > 0)
        {
            http.Features.Set<IHttpUpgradeFeature>(null); // no protocol switches, as in daprd: the request goes on without
        }

        var slots = target == request.Runtime.App ? _slots : null;
        if (slots is not null)
        {
            await slots.WaitAsync(http.RequestAborted);
        }

        try
        {
            await SendAsync(request, target, method, url);
        }
        finally
        {
            slots?.Release();
        }
    }

    private async Task SendAsync(SidecarRequest request, InvocationTarget target, string method, Uri url)
    {
        var http = request.Http;
        var transformer = new ForwardTransformer(request, target, url, tracer.IsEnabled);
        var config = target.HttpVersion.Major == 2 ? _http2 : _http11;
        if (target.Resilience is { } resilience)
        {
            using var call = new ResilientCall(resilience, target.Client, method, http.RequestAborted);
            var error = await forwarder.SendAsync(http, target.BaseUrl, call.Client, config, transformer, call.End);
            call.Complete(error);
            await ReportAsync(request, error, url, call.Failure);
        }
        else
        {
            var error = await forwarder.SendAsync(http, target.BaseUrl, target.Client, config, transformer, http.RequestAborted);
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

    private Task FailAsync(SidecarRequest request, string reason)
    {
        if (tracer.IsEnabled)
        {
            TraceHeaders.Set(request.Http.Response.Headers, request);
        }

        return DaprErrors.InvokeFailedAsync(request.Http, request.AppId, reason);
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
