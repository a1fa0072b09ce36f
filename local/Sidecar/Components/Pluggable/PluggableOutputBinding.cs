using Google.Protobuf;
using Grpc.Core;
using McpAspire.Sidecar.Bindings;
using McpAspire.Sidecar.Components.Pluggable.Protocol;

namespace McpAspire.Sidecar.Components.Pluggable;

/// <summary>Operations that another process has.</summary>
internal sealed class PluggableOutputBinding(ComponentConnection connection, IReadOnlyList<string> operations) : IOutputBinding
{
    private readonly OutputBinding.OutputBindingClient _binding = new(connection.Invoker);

    public IReadOnlyList<string> Capabilities { get; } = ["OUTPUT_BINDING"];

    public IReadOnlyList<string> Operations => operations;

    public async Task<BindingAnswer?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var message = new InvokeRequest { Operation = request.Operation, Data = UnsafeByteOperations.UnsafeWrap(request.Data), Metadata = { request.Metadata.ToDictionary() } };
        try
        {
            var answer = await connection.CallAsync(options => _binding.InvokeAsync(message, options), cancellationToken);
            return new BindingAnswer(answer.Data.Memory, [.. answer.Metadata]);
        }
        catch (RpcException exception)
        {
            throw new BindingException(ComponentStatus.Text(exception));
        }
    }

    public void Dispose() => connection.Dispose();
}
