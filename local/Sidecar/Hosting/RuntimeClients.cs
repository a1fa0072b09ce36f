using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Hosting;

/// <summary>The clients for calls to the app and to endpoints, kept over reloads with their connections.</summary>
internal sealed class RuntimeClients(SidecarOptions options, AppChannel channel)
{
    public HttpMessageInvoker App { get; } = options.IsGrpcApp
        ? new HttpMessageInvoker(new AppChannelHandler(channel))
        : HttpClients.ForForwarding(options, options.AppScheme == "https" ? HttpClients.TrustAnyCertificate : null);

    /// <summary>For endpoints without a <c>clientTLS</c> of their own.</summary>
    public HttpMessageInvoker Endpoints { get; } = HttpClients.ForForwarding(options);
}
