using System.Runtime.InteropServices;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Makes the HTTP request that a call of the gRPC API means.</summary>
internal static class CallContext
{
    public static DefaultHttpContext Create(ServerCallContext context, ApiCall call, Stream body)
    {
        var caller = context.GetHttpContext();
        var http = new DefaultHttpContext { RequestAborted = context.CancellationToken };
        var request = http.Request;
        request.Method = call.Verb;
        request.Scheme = caller.Request.Scheme;
        request.Host = caller.Request.Host;
        CallMetadata.CopyTo(request.Headers, caller.Request.Headers);
        if (call.DataTypeUrl.Length > 0)
        {
            request.Headers[BridgeHeaders.TypeUrl] = GrpcErrors.Encode(call.DataTypeUrl);
        }

        if (call.ContentType.Length > 0)
        {
            request.ContentType = call.ContentType;
        }

        if (!call.Body.IsEmpty)
        {
            request.ContentLength = call.Body.Length;
            request.Body = MemoryMarshal.TryGetArray(call.Body, out var bytes)
                ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
                : new MemoryStream(call.Body.ToArray(), writable: false);
        }

        http.Features.Set(caller.Features.Get<IHttpConnectionFeature>());
        http.Response.Body = body;
        return http;
    }
}
