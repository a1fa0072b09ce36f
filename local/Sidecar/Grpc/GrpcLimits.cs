using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Grpc;

/// <summary><c>--max-body-size</c>, as gRPC counts it: for one message, in both directions.</summary>
internal static class GrpcLimits
{
    public static int? MessageSize(SidecarOptions options) => options.MaxBodySize is { } size ? (int)Math.Min(size, int.MaxValue) : null;
}
