using ModelContextProtocol.Client;

namespace McpAspire.McpServer.Tests.Infrastructure;

internal static class SdkClient
{
    public static async Task<McpClient> ConnectAsync(McpServerFixture server, string token, string? protocolVersion = null, string? sessionId = null)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(server.Resource),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
            KnownSessionId = sessionId,
        });
        return await McpClient.CreateAsync(transport, Options(protocolVersion), cancellationToken: TestContext.Current.CancellationToken);
    }

    public static McpClientOptions Options(string? protocolVersion) => new()
    {
        ProtocolVersion = protocolVersion,
        DiscoverProbeTimeout = TimeSpan.FromSeconds(30),
    };
}
