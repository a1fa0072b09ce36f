using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Grpc;

/// <summary>The gRPC port: Dapr's gRPC API, and the one for workflows that its SDKs call. Nothing of it is made before the first call.</summary>
internal sealed class GrpcApi(SidecarOptions options, ApiTokenGate gate, SidecarMetrics metrics, ILoggerFactory loggers, Func<DaprParts> create)
{
    private const string StatusTrailer = "grpc-status";

    private readonly Lazy<Methods> _methods = new(() => Methods.Create(options, loggers, create()));

    public Task HandleAsync(HttpContext http)
    {
        if (!IsGrpc(http.Request))
        {
            return UnimplementedAsync(http);
        }

        if (!gate.Admits(http.Request.Headers))
        {
            return GrpcErrors.AnswerAsync(http, GrpcErrors.OfHttp(StatusCodes.Status401Unauthorized, "authentication error: api token mismatch"));
        }

        var path = http.Request.Path.Value ?? string.Empty;
        if (!_methods.Value.ByPath.TryGetValue(path, out var method))
        {
            return UnimplementedAsync(http);
        }

        // The size of the one message is limited instead, which is answered with a status.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        http.Features.Set<IRequestBodyPipeFeature>(new MessageGuard(http.Request.BodyReader, path));
        http.RequestServices = _methods.Value.Services;
        return metrics.IsEnabled ? MeasuredAsync(http, method) : method(http);
    }

    private async Task MeasuredAsync(HttpContext http, RequestDelegate method)
    {
        var started = Stopwatch.GetTimestamp();
        await method(http);
        var headers = http.Response.Headers.ContainsKey(StatusTrailer) ? http.Response.Headers : http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        var status = int.TryParse(headers?[StatusTrailer].ToString(), CultureInfo.InvariantCulture, out var code) ? code : (int)StatusCode.Unknown;
        metrics.Grpc.Served(http.Request.Path.Value!, status, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>A method that is not here, of whatever service.</summary>
    public static Task UnimplementedAsync(HttpContext http)
        => GrpcErrors.AnswerAsync(http, new RpcException(new Status(StatusCode.Unimplemented, $"{http.Request.Path.Value} is not served by this sidecar")));

    private static bool IsGrpc(HttpRequest request)
        => HttpMethods.IsPost(request.Method) && request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The served methods, and what the gRPC server needs to run them; apart from the sidecar's own services.</summary>
    private sealed record Methods(FrozenDictionary<string, RequestDelegate> ByPath, IServiceProvider Services)
    {
        public static Methods Create(SidecarOptions options, ILoggerFactory loggers, DaprParts parts)
        {
            var services = new ServiceCollection();
            services.AddSingleton(loggers);
            services.AddLogging();
            services.AddGrpc(grpc =>
            {
                grpc.MaxReceiveMessageSize = GrpcLimits.MessageSize(options);
                grpc.MaxSendMessageSize = GrpcLimits.MessageSize(options);
                grpc.CompressionProviders = [];
            });
            services.AddSingleton(new DaprService(parts));
            services.AddSingleton(new TaskHubService(parts));
            var provider = services.BuildServiceProvider();
            var routes = new Routes(provider);
            routes.MapGrpcService<DaprService>();
            routes.MapGrpcService<TaskHubService>();
            var methods = routes.DataSources
                .SelectMany(source => source.Endpoints)
                .OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
                .ToFrozenDictionary(endpoint => endpoint.RoutePattern.RawText!, endpoint => endpoint.RequestDelegate!, StringComparer.Ordinal);
            return new Methods(methods, provider);
        }
    }

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
