using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Grpc;
using McpAspire.Sidecar.Metrics;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resolution;
using McpAspire.Sidecar.Telemetry;

namespace McpAspire.Sidecar.Hosting;

/// <summary>What answers on which port: the API, the gRPC port, the public port (health and metadata only), and that of other sidecars, where nothing else is implemented.</summary>
internal sealed class PortDispatcher(SidecarApplication application, SidecarRuntime runtime, HostGate hosts, HealthApi health, MetadataApi metadata, SidecarTracer tracer, SidecarMetrics metrics, HopApi hops, GrpcApi grpc, SidecarOptions options)
{
    public Task HandleAsync(HttpContext http)
    {
        if (http.Features.Get<HopCaller>() is { } caller)
        {
            return hops.HandleAsync(http, caller);
        }

        if (!hosts.Admits(http))
        {
            return HostGate.RefuseAsync(http);
        }

        var port = http.Connection.LocalPort;
        if (port == options.HttpPort)
        {
            return application.HandleAsync(http);
        }

        if (port == options.GrpcPort)
        {
            return grpc.HandleAsync(http);
        }

        if (port == options.MetricsPort && metrics.IsEnabled)
        {
            return metrics.AnswerAsync(http);
        }

        return port == options.PublicPort ? PublicAsync(http) : GrpcApi.UnimplementedAsync(http);
    }

    private Task PublicAsync(HttpContext http)
    {
        var request = new SidecarRequest(http, runtime.Current);
        var path = http.Request.Path.Value?.TrimEnd('/') ?? string.Empty;
        if (tracer.IsEnabled && !path.StartsWith("/v1.0/healthz", StringComparison.Ordinal))
        {
            using var span = tracer.Start(request);
            TraceHeaders.Set(http.Response.Headers, request);
        }

        if (HttpMethods.IsGet(http.Request.Method))
        {
            switch (path)
            {
                case "/v1.0/healthz":
                    return health.ReadyAsync(request);
                case "/v1.0/healthz/outbound":
                    return health.OutboundAsync(request);
                case "/v1.0/metadata":
                    return metadata.GetAsync(request);
                default:
                    break;
            }
        }

        if (HttpMethods.IsPut(http.Request.Method) && path.StartsWith("/v1.0/metadata/", StringComparison.Ordinal))
        {
            return metadata.PutAsync(request, path["/v1.0/metadata/".Length..]);
        }

        http.Response.Headers.XContentTypeOptions = "nosniff";
        return PlainText.WriteAsync(http, StatusCodes.Status404NotFound, "404 page not found\n");
    }
}
