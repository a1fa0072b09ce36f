using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.Pipeline;

internal delegate Task SidecarDelegate(SidecarRequest request);

/// <summary>Sees the app's answer before it goes to the caller; true: it has answered itself.</summary>
internal delegate ValueTask<bool> ResponseInterceptor(SidecarRequest request, HttpResponseMessage response);

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

    public TraceContext Trace { get; set; }

    /// <summary>The app id of an invocation, as the caller wrote it.</summary>
    public string AppId { get; set; } = string.Empty;

    /// <summary>The method of an invocation, without its leading slash. One character is one byte.</summary>
    public string Method { get; set; } = string.Empty;

    /// <summary>What the current stage's filters look at: the URL path, or the method path behind it.</summary>
    public string FilterPath => Stage == PipelineStage.Http ? Path : "/" + Method;

    /// <summary>Where the app id leads; found before appHttpPipeline runs.</summary>
    public InvocationTarget? Target { get; set; }

    public ResponseInterceptor? Interceptor { get; set; }
}
