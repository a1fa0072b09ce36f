using Grpc.Core;
using McpAspire.Sidecar.Components.Pluggable.Reflection.V1Alpha;
using V1 = McpAspire.Sidecar.Components.Pluggable.Reflection.V1;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Asks a gRPC server what it serves, by the reflection protocol under either of its names.</summary>
internal static class ServiceList
{
    public static async Task<IReadOnlySet<string>> ReadAsync(CallInvoker invoker, CancellationToken cancellationToken)
    {
        try
        {
            using var call = new ServerReflection.ServerReflectionClient(invoker).ServerReflectionInfo(cancellationToken: cancellationToken);
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" }, cancellationToken);
            var names = await call.ResponseStream.MoveNext(cancellationToken) ? call.ResponseStream.Current.ListServicesResponse?.Service.Select(service => service.Name) : null;
            await call.RequestStream.CompleteAsync();
            return (names ?? []).ToHashSet(StringComparer.Ordinal);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unimplemented)
        {
            return await ReadV1Async(invoker, cancellationToken);
        }
    }

    private static async Task<IReadOnlySet<string>> ReadV1Async(CallInvoker invoker, CancellationToken cancellationToken)
    {
        using var call = new V1.ServerReflection.ServerReflectionClient(invoker).ServerReflectionInfo(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new V1.ServerReflectionRequest { ListServices = "*" }, cancellationToken);
        var names = await call.ResponseStream.MoveNext(cancellationToken) ? call.ResponseStream.Current.ListServicesResponse?.Service.Select(service => service.Name) : null;
        await call.RequestStream.CompleteAsync();
        return (names ?? []).ToHashSet(StringComparer.Ordinal);
    }
}
