using System.Globalization;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Grpc.Protocol;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Grpc;

/// <summary>
/// An app that speaks gRPC, to everything before it an app that speaks HTTP: a request becomes a call of
/// <c>AppCallback/OnInvoke</c>, and its answer an answer. So pipelines, policies, limits and traces are the same for both.
/// </summary>
internal sealed class AppChannelHandler(AppChannel channel) : HttpMessageHandler
{
    /// <summary>The method as the caller named it: there is no URL to encode it for.</summary>
    public static readonly HttpRequestOptionsKey<string> Method = new("app-method");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var message = await ReadAsync(request, cancellationToken);
        using var call = new AppCallback.AppCallbackClient(channel.Invoker).OnInvokeAsync(message, new CallOptions(CallMetadata.OfRequest(request), cancellationToken: cancellationToken));
        try
        {
            var answer = await call.ResponseAsync;
            return Good(answer, await call.ResponseHeadersAsync, call.GetTrailers());
        }
        catch (RpcException exception)
        {
            return Failed(exception, request);
        }
    }

    private static async Task<InvokeRequest> ReadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var data = new Any();
        var type = string.Empty;
        if (request.Content is { } content)
        {
            data.Value = UnsafeByteOperations.UnsafeWrap(await content.ReadAsByteArrayAsync(cancellationToken));
            type = content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : string.Empty;
        }

        if (type.Length == 0 && request.Options.TryGetValue(Invocation.UploadFlushHandler.TypeWithoutBody, out var bodyless))
        {
            type = bodyless;
        }

        if (request.Headers.NonValidated.TryGetValues(BridgeHeaders.TypeUrl, out var url))
        {
            data.TypeUrl = Uri.UnescapeDataString(url.ToString());
        }

        return new InvokeRequest
        {
            Method = request.Options.TryGetValue(Method, out var method) ? method : request.RequestUri!.AbsolutePath.TrimStart('/'),
            Data = data,
            ContentType = type,
            HttpExtension = new HTTPExtension
            {
                Verb = System.Enum.TryParse<HTTPExtension.Types.Verb>(request.Method.Method, ignoreCase: true, out var verb) ? verb : HTTPExtension.Types.Verb.Post,
                Querystring = QueryOf(request.RequestUri!.OriginalString),
            },
        };
    }

    private static HttpResponseMessage Good(InvokeResponse answer, Metadata headers, Metadata trailers)
    {
        var data = answer.Data ?? new Any();
        var response = New(HttpStatusCode.OK, StatusCode.OK, new ReadOnlyMemoryContent(data.Value.Memory));
        var type = data.TypeUrl.Length > 0 && answer.ContentType.Length == 0 ? DaprService.ProtobufType : answer.ContentType;
        if (type.Length > 0)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (data.TypeUrl.Length > 0)
        {
            response.Headers.TryAddWithoutValidation(BridgeHeaders.TypeUrl, GrpcErrors.Encode(data.TypeUrl));
        }

        CallMetadata.AddTo(response, headers);
        CallMetadata.AddTo(response, trailers);
        return response;
    }

    /// <summary>No answer at all is a status too, as in Dapr.</summary>
    private static HttpResponseMessage Failed(RpcException exception, HttpRequestMessage request)
    {
        var status = exception.Status;
        if (exception.InnerException is HttpRequestException || status.DebugException is HttpRequestException)
        {
            status = new Status(status.StatusCode, $"connection error: desc = \"the app does not answer on {request.RequestUri!.Authority}\"");
        }

        var response = New((HttpStatusCode)GrpcStatusMap.ToHttp(status.StatusCode), status.StatusCode, new ByteArrayContent(StatusJson.Of(status)));
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        response.Headers.TryAddWithoutValidation(BridgeHeaders.Message, GrpcErrors.Encode(status.Detail));
        if (exception.Trailers.Get(GrpcErrors.DetailsTrailer) is { } details)
        {
            response.Headers.TryAddWithoutValidation(BridgeHeaders.Details, Convert.ToBase64String(details.ValueBytes));
        }

        CallMetadata.AddTo(response, exception.Trailers);
        return response;
    }

    private static HttpResponseMessage New(HttpStatusCode httpStatus, StatusCode status, HttpContent content)
    {
        var response = new HttpResponseMessage(httpStatus) { Content = content };
        response.Headers.TryAddWithoutValidation(BridgeHeaders.Status, ((int)status).ToString(CultureInfo.InvariantCulture));
        return response;
    }

    private static string QueryOf(string url) => url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? url[(mark + 1)..] : string.Empty;
}
