using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.Invocation;

/// <summary>
/// The sidecar's own calls to an app that speaks HTTP: events, triggers, questions. They take the way of every call to it: appHttpPipeline,
/// the app's token, its limit of concurrent calls, its health; under no Resiliency of the app.
/// </summary>
internal sealed class AppCall(SidecarOptions options)
{
    private readonly int _maxAnswer = (int)Math.Min(options.MaxBodySize ?? int.MaxValue, 4 * 1024 * 1024);

    /// <summary>The app's answer, or that of the sidecar in its place (500 when the app cannot be reached).</summary>
    public async Task<AppAnswer> SendAsync(RuntimeSnapshot runtime, AppRequest call, CancellationToken cancellationToken)
    {
        if (runtime.App is not { } app)
        {
            return new AppAnswer(StatusCodes.Status500InternalServerError, ReadOnlyMemory<byte>.Empty);
        }

        using var body = new MemoryStream(call.Body, writable: false);
        using var answer = new BoundedBuffer(_maxAnswer);
        var http = new DefaultHttpContext { RequestAborted = cancellationToken };
        http.Request.Method = call.Verb;
        http.Request.Protocol = HttpProtocol.Http11;
        if (call.Body.Length > 0)
        {
            http.Request.Body = body;
            http.Request.ContentLength = call.Body.Length;
        }

        http.Request.ContentType = call.ContentType;
        http.Response.Body = answer;
        var (path, query) = Split(call.Path);
        var request = new SidecarRequest(http, runtime)
        {
            Path = "/" + path,
            Query = query,
            AppId = options.AppId,
            Method = path,
            Target = app with { Headers = Headers(call), Client = call.Client ?? app.Client, Resilience = null },
            Trace = call.Trace,
        };
        try
        {
            await runtime.AppPipeline(request);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return new AppAnswer(StatusCodes.Status500InternalServerError, ReadOnlyMemory<byte>.Empty);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new AppAnswer(http.Response.StatusCode, answer.Written) { GrpcStatus = (call.Client as IGrpcOutcome)?.FailedWith };
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Headers(AppRequest call)
        => call.TraceParent is { } parent ? [.. call.Headers, KeyValuePair.Create("traceparent", parent)] : call.Headers;

    private static (string Path, string Query) Split(string text)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (text.TrimStart('/'), string.Empty) : (text[..question].TrimStart('/'), text[question..]);
    }
}

/// <param name="Verb">The method.</param>
/// <param name="Path">With or without a slash before it.</param>
/// <param name="ContentType">Null: none.</param>
/// <param name="Body">May be empty.</param>
internal sealed record AppRequest(string Verb, string Path, string? ContentType, byte[] Body)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What the call is made with at the end of appHttpPipeline; null: the app's own client.</summary>
    public HttpMessageInvoker? Client { get; init; }

    /// <summary>Of a span that is recorded.</summary>
    public TraceContext Trace { get; init; }

    /// <summary>Passed on as it is, where no span is recorded.</summary>
    public string? TraceParent { get; init; }
}

internal readonly record struct AppAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>What an app that speaks gRPC failed with.</summary>
    public int? GrpcStatus { get; init; }
}

/// <summary>A client that makes a gRPC call of a request.</summary>
internal interface IGrpcOutcome
{
    /// <summary>The status of the call; null: it went well, or was not made.</summary>
    int? FailedWith { get; }
}
