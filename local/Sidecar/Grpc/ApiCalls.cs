using System.Diagnostics;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.Grpc;

/// <summary>
/// The way of every call of the gRPC API: that of the HTTP request which means the same, through httpPipeline, so that
/// who may not call over HTTP may not call over gRPC. At its end stands an operation instead of the routes.
/// </summary>
internal sealed class ApiCalls(SidecarRuntime runtime, SidecarTracer tracer, SidecarMetrics metrics, ApiLog log, SidecarOptions options)
{
    /// <summary>Done when a reload has brought other resources.</summary>
    public Task Reloaded => runtime.Changed;

    /// <summary>Throws, as of a new call, when a call that goes on would not be let in now.</summary>
    public Task JudgeAgainAsync(ServerCallContext context, ApiCall call) => RunAsync(context, call, _ => Task.FromResult<object?>(call));

    /// <summary>Throws when <c>spec.api</c> closes it: a stream finds out before it waits for its first message, which says all else.</summary>
    public void CheckServed(ApiCall call) => CheckServed(runtime.Current, call);

    /// <summary>What the operation makes. It answers an error on the request and makes nothing, which is then the status.</summary>
    public async Task<T> RunAsync<T>(ServerCallContext context, ApiCall call, Func<SidecarRequest, Task<T?>> operation)
        where T : class
    {
        T? made = null;
        var answer = await SendAsync(context, call, async request => made = await operation(request));
        return made ?? throw await ErrorAsync(context, answer);
    }

    /// <summary>The HTTP answer, which may be any: of the operation, or of a handler that stands before it.</summary>
    public async Task<ApiAnswer> SendAsync(ServerCallContext context, ApiCall call, SidecarDelegate operation)
    {
        var snapshot = runtime.Current;
        CheckServed(snapshot, call);
        // A header or a URL cannot have these, and would end at them.
        if (call.Query.AsSpan().ContainsAnyInRange('\0', ' ') || call.ContentType.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the query or the content type has a character that is not allowed in it"));
        }

        using var body = new BoundedBuffer(options.MaxBodySize);
        var http = CallContext.Create(context, call, body);
        var isOperated = false;
        var request = new SidecarRequest(http, snapshot)
        {
            Path = RequestTarget.Clean(ByteString.FromText(call.Path)),
            Query = call.Query.Length > 0 ? "?" + call.Query : string.Empty,
            Operation = reached =>
            {
                isOperated = true;
                return operation(reached);
            },
        };
        var started = Stopwatch.GetTimestamp();
        var activity = tracer.IsEnabled ? tracer.Start(request) : null;
        try
        {
            if (tracer.IsEnabled && http.Request.Headers.Baggage is { Count: > 0 } baggage && BaggageHeader.Complaint(baggage) is { } complaint)
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, $"invalid baggage header: {complaint}"));
            }

            await snapshot.HttpPipeline(request);
        }
        catch (ApiFailure failure)
        {
            http.Features.Set(new AnsweredError(failure.Code, failure.Message) { Category = failure.Category, Failure = failure });
            throw GrpcErrors.OfFailure(failure);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "context canceled"));
        }
        finally
        {
            if (activity is not null)
            {
                SidecarTracer.Stop(activity, request, "grpc");
            }

            Note(request, Stopwatch.GetElapsedTime(started));
        }

        context.CancellationToken.ThrowIfCancellationRequested();
        return body.IsExceeded
            ? throw new RpcException(new Status(StatusCode.ResourceExhausted, $"the answer is larger than the maximum of {options.MaxBodySize} bytes"))
            : new ApiAnswer(request, isOperated, body.ToArray());
    }

    /// <summary>The status of an answer that is not a good one, its headers sent before.</summary>
    public static async Task<RpcException> ErrorAsync(ServerCallContext context, ApiAnswer answer)
    {
        if (!context.GetHttpContext().Response.HasStarted)
        {
            await context.WriteResponseHeadersAsync(CallMetadata.OfAnswer(answer.Request));
        }

        var http = answer.Request.Http;
        var status = http.Response.StatusCode;
        return http.Features.Get<AnsweredError>() is { } error ? GrpcErrors.OfApi(error, status)
            : !answer.IsOperated && status is >= 300 and < 400 ? new RpcException(new Status(StatusCode.Unauthenticated, "a login in a browser is needed"))
            : GrpcErrors.OfHttp(status, answer.Text);
    }

    private static void CheckServed(RuntimeSnapshot snapshot, ApiCall call)
    {
        if (!snapshot.Configuration.Api.ServesGrpc(call.Group, call.Version))
        {
            throw GrpcErrors.OfHttp(StatusCodes.Status501NotImplemented, "requested endpoint is not available");
        }
    }

    private void Note(SidecarRequest request, TimeSpan elapsed)
    {
        if (metrics.IsEnabled && request.Http.Features.Get<AnsweredError>() is { } error)
        {
            metrics.ErrorCodes.Answered(error.Code, error.Category);
        }

        if (log.IsEnabled(request))
        {
            log.Write(request, elapsed);
        }
    }
}

/// <summary>What came of a call.</summary>
/// <param name="Request">Its <c>Http</c> has the status and the headers.</param>
/// <param name="IsOperated">False: a handler of httpPipeline answered.</param>
/// <param name="Body">All of it.</param>
internal sealed record ApiAnswer(SidecarRequest Request, bool IsOperated, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
