using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Invocation;
using ByteString = McpAspire.Sidecar.Invocation.ByteString;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Service invocation. An app that speaks HTTP answers with a status of HTTP, which becomes gRPC's.</summary>
internal sealed partial class DaprService
{
    public const string ProtobufType = "application/x-protobuf";

    public override async Task<InvokeResponse> InvokeService(InvokeServiceRequest request, ServerCallContext context)
    {
        var message = request.Message ?? new InvokeRequest();
        var (id, method) = (request.Id, RequestTarget.Clean("/" + ByteString.FromText(message.Method))[1..]);
        var typeUrl = message.Data?.TypeUrl ?? string.Empty;
        var call = new ApiCall("invoke", VerbOf(message), $"/v1.0/invoke/{ApiPath.Part(id)}/method/{ByteString.ToText(method)}")
        {
            Query = message.HttpExtension?.Querystring ?? string.Empty,
            Body = message.Data?.Value.Memory ?? default,
            ContentType = typeUrl.Length > 0 ? ProtobufType : message.ContentType,
            DataTypeUrl = typeUrl,
        };
        var answer = await Calls.SendAsync(context, call, sent =>
        {
            (sent.AppId, sent.Method) = (id, method);
            return id.Length > 0 ? parts.Invoker.InvokeAsync(sent) : DaprErrors.NoAppIdAsync(sent.Http);
        });
        var response = answer.Request.Http.Response;
        if (answer.IsOperated && response.Headers.TryGetValue(BridgeHeaders.Status, out var code) && int.TryParse(code.ToString(), CultureInfo.InvariantCulture, out var status) && status != 0)
        {
            await context.WriteResponseHeadersAsync(CallMetadata.OfAnswer(answer.Request));
            throw OfApp((StatusCode)status, response.Headers);
        }

        if (response.StatusCode is < 200 or > 299 || answer.Request.Http.Features.Get<AnsweredError>() is not null)
        {
            throw await ApiCalls.ErrorAsync(context, answer);
        }

        await context.WriteResponseHeadersAsync(CallMetadata.OfAnswer(answer.Request));
        return new InvokeResponse
        {
            ContentType = response.ContentType ?? string.Empty,
            Data = new Any { Value = UnsafeByteOperations.UnsafeWrap(answer.Body), TypeUrl = Uri.UnescapeDataString(response.Headers[BridgeHeaders.TypeUrl].ToString()) },
        };
    }

    private static string VerbOf(InvokeRequest message)
        => message.HttpExtension?.Verb is { } verb and not HTTPExtension.Types.Verb.None ? verb.ToString().ToUpperInvariant() : HttpMethods.Post;

    /// <summary>What a gRPC app said, word for word.</summary>
    private static RpcException OfApp(StatusCode code, IHeaderDictionary headers)
    {
        var trailers = new Metadata();
        if (headers.TryGetValue(BridgeHeaders.Details, out var details) && CallMetadata.Decode(details.ToString()) is { } bytes)
        {
            trailers.Add(GrpcErrors.DetailsTrailer, bytes);
        }

        return new RpcException(new Status(code, Uri.UnescapeDataString(headers[BridgeHeaders.Message].ToString())), trailers);
    }
}
