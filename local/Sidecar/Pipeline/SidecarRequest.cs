using System.Diagnostics;
using System.Net;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace McpAspire.Sidecar.Pipeline;

internal delegate Task SidecarDelegate(SidecarRequest request);

/// <summary>Sees the app's answer before it goes to the caller; true: it has answered itself.</summary>
internal delegate ValueTask<bool> ResponseInterceptor(SidecarRequest request, HttpResponseMessage response);

/// <summary>Puts a token that is still good on a call that is sent again; it is told how the last try was answered, if it was.</summary>
internal delegate ValueTask CredentialRenewal(HttpRequestMessage message, HttpStatusCode? lastStatus, CancellationToken cancellationToken);

internal enum PipelineStage
{
    /// <summary>Between the caller and this sidecar's API.</summary>
    Http,

    /// <summary>Between this sidecar and the app or an HTTPEndpoint.</summary>
    App,
}

/// <summary>One request on its way through the sidecar.</summary>
internal sealed class SidecarRequest(HttpContext http, RuntimeSnapshot runtime)
{
    private CountingBody? _counted;
    private long? _known;

    public HttpContext Http { get; } = http;

    /// <summary>Pipelines and resources as they were when the request came; a reload does not change them under it.</summary>
    public RuntimeSnapshot Runtime { get; } = runtime;

    public PipelineStage Stage { get; set; }

    /// <summary>The decoded and cleaned path: what routes and filters see. One character is one byte.</summary>
    public string Path { get; set; } = "/";

    /// <summary>The path ended in a slash before it was cleaned.</summary>
    public bool HadTrailingSlash { get; set; }

    /// <summary>The query as it came, with its question mark, or empty.</summary>
    public string Query { get; set; } = string.Empty;

    /// <summary>An alias gave it its path: it may be an invocation, but no other API.</summary>
    public bool IsAliased { get; set; }

    /// <summary>What stands at the end of httpPipeline in place of the routes: for a call that says in another way than its path what it wants.</summary>
    public SidecarDelegate? Operation { get; init; }

    /// <summary>The caller can be told of a gRPC status: it speaks gRPC, or is a sidecar that may have such a caller.</summary>
    public bool TakesGrpcStatus => Operation is not null || Caller is not null;

    public TraceContext Trace { get; set; }

    /// <summary>The app id of an invocation, as the caller wrote it.</summary>
    public string AppId { get; set; } = string.Empty;

    /// <summary>The method of an invocation, without its leading slash. One character is one byte.</summary>
    public string Method { get; set; } = string.Empty;

    /// <summary>What the current stage's filters look at: the URL path, or the method path behind it.</summary>
    public string FilterPath => Stage == PipelineStage.Http ? Path : "/" + Method;

    /// <summary>Where the app id leads; found before appHttpPipeline runs.</summary>
    public InvocationTarget? Target { get; set; }

    /// <summary>Whose sidecar called; null on this sidecar's own API.</summary>
    public HopCaller? Caller { get; init; }

    public ResponseInterceptor? Interceptor { get; set; }

    /// <summary>Of the handlers that put a token on it: the waits of a retry policy can outlast one.</summary>
    public CredentialRenewal? Renewal { get; private set; }

    /// <summary>When the call to the target was last begun, as a timestamp.</summary>
    public long AttemptedAt { get; private set; }

    /// <summary>The status of the target's answer; 0 while there is none.</summary>
    public int TargetStatus { get; private set; }

    /// <summary>When the target's answer began, as a timestamp.</summary>
    public long TargetAnsweredAt { get; private set; }

    /// <summary>Bytes of the answer's body so far.</summary>
    public long AnswerBytes => HttpMethods.IsHead(Http.Request.Method) ? 0 : _counted?.Count ?? _known ?? Http.Response.ContentLength ?? 0;

    public void BeginAttempt() => AttemptedAt = Stopwatch.GetTimestamp();

    public void RenewWith(CredentialRenewal renewal)
    {
        var earlier = Renewal;
        Renewal = earlier is null ? renewal : async (message, lastStatus, cancellationToken) =>
        {
            await earlier(message, lastStatus, cancellationToken);
            await renewal(message, lastStatus, cancellationToken);
        };
    }

    /// <summary>Notes the target's answer; a body of unknown length is counted while it is written.</summary>
    public void Measure(int status, long? length)
    {
        TargetStatus = status;
        TargetAnsweredAt = Stopwatch.GetTimestamp();
        _known = length;
        _counted = null;
        if (length is null)
        {
            _counted = new CountingBody(Http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
            Http.Features.Set<IHttpResponseBodyFeature>(_counted);
        }
    }
}
