using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Grpc.Protocol;
using McpAspire.Sidecar.Pipeline;
using Status = Grpc.Core.Status;

namespace McpAspire.Sidecar.Grpc;

/// <summary>Output bindings.</summary>
internal sealed partial class DaprService
{
    public override Task<InvokeBindingResponse> InvokeBinding(InvokeBindingRequest request, ServerCallContext context)
        => Calls.RunAsync(context, new ApiCall("bindings", HttpMethods.Post, $"/v1.0/bindings/{ApiPath.Part(request.Name)}"), async sent =>
        {
            try
            {
                var answer = await parts.OutputBindings.InvokeAsync(sent.Runtime, request.Name, new BindingRequest(request.Operation, request.Data.Memory, Metadata(sent, request)), context.CancellationToken);
                await context.WriteResponseHeadersAsync(Headers(answer));
                var response = new InvokeBindingResponse { Data = UnsafeByteOperations.UnsafeWrap(answer?.Data ?? ReadOnlyMemory<byte>.Empty) };
                foreach (var (name, value) in answer?.Metadata ?? [])
                {
                    response.Metadata[name] = value;
                }

                return response;
            }
            catch (BindingException failure)
            {
                await context.WriteResponseHeadersAsync(Headers(failure.Answer));
                throw new RpcException(new Status(StatusCode.Internal, $"error invoking output binding {request.Name}: {failure.Message}"));
            }
        });

    /// <summary>The trace of this call stands over one of the caller's.</summary>
    private static Dictionary<string, string> Metadata(SidecarRequest sent, InvokeBindingRequest request)
    {
        var metadata = BindingRequest.TraceOf(sent);
        foreach (var (name, value) in request.Metadata)
        {
            metadata.TryAdd(name, value);
        }

        return metadata;
    }

    private static Metadata Headers(BindingAnswer? answer)
    {
        var headers = new Metadata();
        foreach (var (name, value) in answer?.Metadata ?? [])
        {
            var key = "metadata." + name.ToLowerInvariant();
            if (!key.EndsWith(global::Grpc.Core.Metadata.BinaryHeaderSuffix, StringComparison.Ordinal) && CallMetadata.IsKey(key) && value.All(character => character is >= ' ' and <= '~'))
            {
                headers.Add(key, value);
            }
        }

        return headers;
    }
}
