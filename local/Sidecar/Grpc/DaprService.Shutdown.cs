using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.Grpc.Protocol;

namespace McpAspire.Sidecar.Grpc;

/// <summary>The end of the process, as over HTTP.</summary>
internal sealed partial class DaprService
{
    public override Task<Empty> Shutdown(ShutdownRequest request, ServerCallContext context)
        => Calls.RunAsync<Empty>(context, new ApiCall("shutdown", HttpMethods.Post, "/v1.0/shutdown"), sent =>
        {
            parts.Shutdown.EndAfter(context.GetHttpContext().Response, sent.Http.Request.Headers);
            return Task.FromResult<Empty?>(new Empty());
        });
}
