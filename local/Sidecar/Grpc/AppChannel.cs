using Grpc.Core;
using Grpc.Net.Client;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Grpc;

/// <summary>The connection to an app of <c>--app-protocol grpc</c>; made at the first call.</summary>
internal sealed class AppChannel(SidecarOptions options) : IDisposable
{
    private const string ApiToken = "dapr-api-token";

    private readonly Lazy<Connection> _connection = new(() => new Connection(Open(options)));

    /// <summary>For a generated client.</summary>
    public CallInvoker Invoker => _connection.Value.Channel.CreateCallInvoker();

    /// <summary>A call of this sidecar itself: it shows the app its token.</summary>
    public CallOptions Options(Metadata metadata, CancellationToken cancellationToken, DateTime? deadline = null)
    {
        if (options.AppApiToken is { } token)
        {
            metadata.Add(ApiToken, token);
        }

        return new CallOptions(metadata, deadline, cancellationToken);
    }

    /// <summary>Null: it is well.</summary>
    public async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new Protocol.AppCallbackHealthCheck.AppCallbackHealthCheckClient(Invoker).HealthCheckAsync(new(), Options([], cancellationToken));
            return null;
        }
        catch (RpcException exception)
        {
            return $"Health check failed: {exception.StatusCode}";
        }
    }

    public void Dispose()
    {
        if (_connection.IsValueCreated)
        {
            _connection.Value.Channel.Dispose();
        }
    }

    private static GrpcChannel Open(SidecarOptions options)
    {
        var handler = HttpClients.Handler();
        if (options.AppScheme == "https")
        {
            HttpClients.TrustAnyCertificate(handler.SslOptions);
        }

        return GrpcChannel.ForAddress(options.AppAddress, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = GrpcLimits.MessageSize(options),
            MaxSendMessageSize = GrpcLimits.MessageSize(options),
            CompressionProviders = [],
            ThrowOperationCanceledOnCancellation = true,
        });
    }

    /// <summary>Names the channel's type out of sight of <see cref="AppChannel"/>: a sidecar of an HTTP app does not load gRPC's client.</summary>
    private sealed class Connection(GrpcChannel channel)
    {
        public GrpcChannel Channel { get; } = channel;
    }
}
