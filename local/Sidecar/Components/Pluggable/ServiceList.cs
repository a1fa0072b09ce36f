using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Components.Pluggable.Reflection.V1Alpha;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Asks a gRPC server what it serves, by the reflection protocol under either of its names: its messages are the same.</summary>
internal static class ServiceList
{
    private static readonly Method<ServerReflectionRequest, ServerReflectionResponse> _v1Alpha = Named("grpc.reflection.v1alpha.ServerReflection");
    private static readonly Method<ServerReflectionRequest, ServerReflectionResponse> _v1 = Named("grpc.reflection.v1.ServerReflection");

    public static async Task<IReadOnlySet<string>> ReadAsync(CallInvoker invoker, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(invoker, _v1Alpha, cancellationToken); // many servers know it by this name alone
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unimplemented)
        {
            return await ReadAsync(invoker, _v1, cancellationToken);
        }
    }

    private static async Task<IReadOnlySet<string>> ReadAsync(CallInvoker invoker, Method<ServerReflectionRequest, ServerReflectionResponse> method, CancellationToken cancellationToken)
    {
        using var call = invoker.AsyncDuplexStreamingCall(method, host: null, new CallOptions(cancellationToken: cancellationToken));
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" }, cancellationToken);
        var names = await call.ResponseStream.MoveNext(cancellationToken) ? call.ResponseStream.Current.ListServicesResponse?.Service.Select(service => service.Name) : null;
        await call.RequestStream.CompleteAsync();
        return (names ?? []).ToHashSet(StringComparer.Ordinal);
    }

    private static Method<ServerReflectionRequest, ServerReflectionResponse> Named(string service) => new(
        MethodType.DuplexStreaming,
        service,
        "ServerReflectionInfo",
        Marshallers.Create(static message => message.ToByteArray(), ServerReflectionRequest.Parser.ParseFrom),
        Marshallers.Create(static message => message.ToByteArray(), ServerReflectionResponse.Parser.ParseFrom));
}
