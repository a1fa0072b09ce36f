using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using McpAspire.Sidecar.Grpc.Protocol;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>Calls a sidecar's gRPC port.</summary>
internal sealed class DaprClient : IDisposable
{
    private readonly GrpcChannel _channel;

    public DaprClient(SidecarProcess sidecar)
    {
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{sidecar.GrpcPort}", new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        Api = new McpAspire.Sidecar.Grpc.Protocol.Dapr.DaprClient(_channel);
    }

    public McpAspire.Sidecar.Grpc.Protocol.Dapr.DaprClient Api { get; }

    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public static InvokeServiceRequest Request(string id, string method, string body = "", HTTPExtension.Types.Verb verb = HTTPExtension.Types.Verb.Post, string query = "", string type = "text/plain") => new()
    {
        Id = id,
        Message = new InvokeRequest
        {
            Method = method,
            Data = new Any { Value = ByteString.CopyFrom(body, Encoding.UTF8) },
            ContentType = type,
            HttpExtension = new HTTPExtension { Verb = verb, Querystring = query },
        },
    };

    public static async Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call)
        => await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

    public void Dispose() => _channel.Dispose();
}
