using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.Sidecar;

/// <summary>Opens MCP connections through the sidecar. Connections to the socket are shared, sessions never are.</summary>
internal sealed class McpConnector(SidecarOptions options, ILoggerFactory loggers) : IDisposable
{
    // Through two sidecars and a cold server the first answer can take longer than the SDK's five seconds,
    // and a late one would make the client fall back to the older revision.
    private static readonly TimeSpan DiscoverProbeTimeout = TimeSpan.FromSeconds(20);

    private static readonly Implementation ClientInfo = new()
    {
        Name = "McpAspire.McpClient",
        Version = typeof(McpConnector).Assembly.GetName().Version?.ToString(3) ?? "0",
    };

    // No cookie container and no redirects: the session of one person must never reach another,
    // and a followed 302 would be a GET without the call.
    private readonly SocketsHttpHandler sockets = new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    public SidecarOptions Options => options;

    /// <summary>Connects as the sidecar's own identity, or in the session of a person.</summary>
    public Task<McpClient> ConnectAsync(string? sessionValue, CancellationToken cancellationToken)
        => McpClient.CreateAsync(
            new HttpClientTransport(
                new HttpClientTransportOptions
                {
                    Name = options.AppId,
                    Endpoint = options.McpEndpoint,
                    TransportMode = HttpTransportMode.StreamableHttp,
                    EnableStandaloneGetStream = false,
                },
                CreateHttpClient(sessionValue),
                loggers),
            new McpClientOptions { ClientInfo = ClientInfo, DiscoverProbeTimeout = DiscoverProbeTimeout },
            loggers,
            cancellationToken);

    /// <summary>A client whose failures are <see cref="SidecarException"/>s; without a time limit, because tools may stream.</summary>
    public HttpClient CreateHttpClient(string? sessionValue)
        => new(new SidecarAnswerHandler(options, new DaprRequestHandler(options, sessionValue, sockets)), disposeHandler: false)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>A client that gives the sidecar's answers as they are: for the login and for probes.</summary>
    public HttpClient CreateRawHttpClient(string? sessionValue)
        => new(new DaprRequestHandler(options, sessionValue, sockets), disposeHandler: false)
        {
            Timeout = TimeSpan.FromSeconds(15),
        };

    public void Dispose() => sockets.Dispose();
}
