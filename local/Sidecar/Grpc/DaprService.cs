namespace McpAspire.Sidecar.Grpc;

/// <summary>
/// Dapr's gRPC API. Each building block has its methods in a file of its own, and lets every call go through
/// <see cref="ApiCalls"/>: there is no other way in.
/// </summary>
internal sealed partial class DaprService(DaprParts parts) : Protocol.Dapr.DaprBase
{
    private ApiCalls Calls => parts.Calls;
}
