using System.IO.Compression;
using System.Net.Http.Headers;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Telemetry;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace McpAspire.Sidecar.Invocation;

/// <summary>Turns a caller's request into the app's, and the app's answer into the caller's, by daprd's rules.</summary>
internal sealed class ForwardTransformer(SidecarRequest request, InvocationTarget target, Uri url, bool setsTrace) : HttpTransformer
{
    private static readonly UriCreationOptions _asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private bool _addedAcceptEncoding;

    public static Uri? Url(InvocationTarget target, string method, string query)
    {
        (method, query) = (RequestLine.Escape(method), RequestLine.Escape(query));
        return Uri.TryCreate(method.Length == 0 && target.HasPath ? target.BaseUrl + query : $"{target.BaseUrl}/{method}{query}", _asWritten, out var url) ? url : null;
    }

    /// <summary>The same call at another port of this machine.</summary>
    public static Uri AtPort(Uri url, int port)
    {
        var authority = $"{url.Scheme}://{url.Authority}".Length;
        return new Uri($"http://127.0.0.1:{port}{url.OriginalString[authority..]}", _asWritten);
    }

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = url;
        proxyRequest.Method = Verbs.ForApp(httpContext.Request.Method);
        var headers = httpContext.Request.Headers;
        var connection = headers.Connection;
        foreach (var (name, values) in headers)
        {
            if (!IsOurs(name) && !HopByHopHeaders.Contains(name) && (connection.Count == 0 || !HopByHopHeaders.IsNominated(connection, name)))
            {
                Add(proxyRequest, name, values);
            }
        }

        foreach (var (name, value) in target.Headers)
        {
            Set(proxyRequest, name, value);
        }

        if (target.ApiToken is not null)
        {
            Set(proxyRequest, "dapr-api-token", target.ApiToken);
        }

        if (target.IsGrpc)
        {
            proxyRequest.Options.Set(AppChannelHandler.Method, ByteString.ToText(request.Method));
        }

        HopHeaders.Add(proxyRequest, request, target);
        if (setsTrace && request.Trace.IsSet)
        {
            AddTrace(proxyRequest, headers);
        }

        if (!target.IsGrpc && headers.AcceptEncoding.Count == 0 && headers.Range.Count == 0 && !HttpMethods.IsHead(httpContext.Request.Method))
        {
            _addedAcceptEncoding = proxyRequest.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }

        if (!proxyRequest.Headers.Contains("User-Agent"))
        {
            proxyRequest.Headers.TryAddWithoutValidation("User-Agent", HttpClients.NamelessUserAgent);
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        if (request.Interceptor is { } interceptor && await interceptor(request, proxyResponse))
        {
            return false;
        }

        var response = httpContext.Response;
        response.StatusCode = (int)proxyResponse.StatusCode;
        Unzip(proxyResponse);
        CopyHeaders(response.Headers, proxyResponse);
        request.Measure(response.StatusCode, proxyResponse.Content.Headers.ContentLength);
        if (response.StatusCode == StatusCodes.Status205ResetContent)
        {
            response.ContentLength = 0; // by definition; the server refuses to send a body with it
            return false;
        }

        if (response.StatusCode < 400 || IsChunked(httpContext.Request))
        {
            // As daprd: the length of a good answer, or of one to a streamed request, is not said; every write goes out at once.
            response.ContentLength = null;
            if (response.StatusCode is not (204 or 304) && response.Headers.ContentType.Count == 0 && !HttpMethods.IsHead(httpContext.Request.Method))
            {
                await ContentTypeSniffer.AddTypeAsync(response, proxyResponse, cancellationToken);
            }
            else if (EventStream.Is(proxyResponse.Content.Headers))
            {
                await response.StartAsync(cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
        else if (proxyResponse.Content.Headers.ContentLength is null)
        {
            await ErrorBody.BufferAsync(response, proxyResponse, cancellationToken);
        }

        return true;
    }

    /// <summary>1xx and trailers are dropped both ways.</summary>
    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
        => ValueTask.CompletedTask;

    private bool IsOurs(string name)
        => name.Equals("Host", StringComparison.OrdinalIgnoreCase)
           || name.Equals("dapr-app-id", StringComparison.OrdinalIgnoreCase)
           || HopHeaders.IsIdentity(name)
           || (BridgeHeaders.Contains(name) && !target.HasGrpcStatus)
           || (request.Operation is not null && !target.HasGrpcStatus && name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase))
           || (setsTrace && (name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase) || name.Equals("baggage", StringComparison.OrdinalIgnoreCase) || name.Equals("grpc-trace-bin", StringComparison.OrdinalIgnoreCase)));

    private static void Add(HttpRequestMessage proxyRequest, string name, StringValues values)
    {
        if (name.Equals("grpc-timeout", StringComparison.OrdinalIgnoreCase))
        {
            name = "dapr-grpc-timeout";
        }

        if (values.Count == 1)
        {
            if (!proxyRequest.Headers.TryAddWithoutValidation(name, values[0]))
            {
                AddToContent(proxyRequest, name, values[0]);
            }
        }
        else if (!proxyRequest.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            proxyRequest.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    private static void AddToContent(HttpRequestMessage proxyRequest, string name, string? value)
    {
        if (proxyRequest.Content is { } content)
        {
            content.Headers.TryAddWithoutValidation(name, value);
        }
        else if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
        {
            proxyRequest.Options.Set(UploadFlushHandler.TypeWithoutBody, value ?? string.Empty);
        }
    }

    private static void Set(HttpRequestMessage proxyRequest, string name, string value)
    {
        if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (IsContentHeader(name))
        {
            proxyRequest.Content?.Headers.Remove(name);
            proxyRequest.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        else
        {
            proxyRequest.Headers.Remove(name);
            proxyRequest.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static bool IsContentHeader(string name)
        => name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
           || name.Equals("Allow", StringComparison.OrdinalIgnoreCase)
           || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
           || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase);

    private void AddTrace(HttpRequestMessage proxyRequest, IHeaderDictionary headers)
    {
        proxyRequest.Headers.TryAddWithoutValidation("traceparent", request.Trace.ToHeader());
        if (request.Trace.State is { Length: > 0 } state)
        {
            proxyRequest.Headers.TryAddWithoutValidation("tracestate", state);
        }

        if (headers.Baggage.Count > 0)
        {
            proxyRequest.Headers.TryAddWithoutValidation("baggage", headers.Baggage[0]);
        }
    }

    /// <summary>Only what this sidecar asked for by itself; a caller that asked for gzip gets gzip.</summary>
    private void Unzip(HttpResponseMessage proxyResponse)
    {
        if (_addedAcceptEncoding
            && proxyResponse.Content.Headers.ContentEncoding is { Count: 1 } encodings
            && encodings.Single().Equals("gzip", StringComparison.OrdinalIgnoreCase))
        {
            proxyResponse.Content = Unzipped(proxyResponse.Content);
        }
    }

    /// <summary>By itself: .NET loads its compression with the method that names it.</summary>
    private static StreamContent Unzipped(HttpContent zipped)
    {
        var content = new StreamContent(new GZipStream(zipped.ReadAsStream(), CompressionMode.Decompress));
        foreach (var (name, values) in zipped.Headers.NonValidated)
        {
            if (!name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return content;
    }

    private void CopyHeaders(IHeaderDictionary headers, HttpResponseMessage proxyResponse)
    {
        var connection = proxyResponse.Headers.NonValidated.TryGetValues("Connection", out var nominated) ? new StringValues([.. nominated]) : StringValues.Empty;
        Copy(headers, proxyResponse.Headers.NonValidated, connection);
        Copy(headers, proxyResponse.Content.Headers.NonValidated, connection);
        if (!setsTrace)
        {
            return;
        }

        TraceHeaders.Set(headers, request);
    }

    private void Copy(IHeaderDictionary headers, HttpHeadersNonValidated source, StringValues connection)
    {
        foreach (var (name, values) in source)
        {
            if (BridgeHeaders.Contains(name) && !(target.HasGrpcStatus && request.TakesGrpcStatus))
            {
                continue;
            }

            if (HopByHopHeaders.Contains(name) || (connection.Count > 0 && HopByHopHeaders.IsNominated(connection, name)))
            {
                continue;
            }

            headers[name] = values.Count == 1 ? values.ToString() : new StringValues([.. values]);
        }
    }

    private static bool IsChunked(HttpRequest request) => request.Headers.TransferEncoding.Count > 0;
}
