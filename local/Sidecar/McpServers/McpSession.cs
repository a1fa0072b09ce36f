using System.Collections.Frozen;
using System.Text.Json;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Middleware.ClientCredentials;
using McpAspire.Sidecar.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpAspire.Sidecar.McpServers;

/// <summary>One session with an MCP server, and the tools that it has.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    private const int MaxPages = 500;
    private const int MaxTools = 10_000;

    /// <summary>Of all tools as JSON, in characters.</summary>
    private const int MaxText = 16 * 1024 * 1024;

    /// <summary>Longer than the SDK's: a late answer would make it take the older revision.</summary>
    private static readonly TimeSpan _probeWithin = TimeSpan.FromSeconds(20);

    /// <summary>As daprd names itself.</summary>
    private static readonly Implementation _self = new() { Name = "dapr", Version = "v1alpha1" };

    private readonly McpClient _client;

    private McpSession(McpClient client, IReadOnlyList<Tool> tools)
    {
        _client = client;
        Tools = tools;
        ByName = tools.DistinctBy(tool => tool.Name, StringComparer.Ordinal).ToFrozenDictionary(tool => tool.Name, StringComparer.Ordinal);
    }

    /// <summary>In the order of the server.</summary>
    public IReadOnlyList<Tool> Tools { get; }

    public FrozenDictionary<string, Tool> ByName { get; }

    public static async Task<McpSession> OpenAsync(McpServerSettings settings, SidecarOptions options, ServiceTokenSource? tokens, CancellationToken cancellationToken)
    {
        var client = await McpClient.CreateAsync(
            Transport(settings, options, tokens),
            new McpClientOptions { ClientInfo = _self, ProtocolVersion = settings.Resource.ProtocolVersion, InitializationTimeout = Timeout.InfiniteTimeSpan, DiscoverProbeTimeout = _probeWithin },
            NullLoggerFactory.Instance,
            cancellationToken);
        try
        {
            return new McpSession(client, await ListAsync(client, cancellationToken));
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its process or stream has ended: no call gets through.</summary>
    public bool IsOver => _client.Completion.IsCompleted;

    public Task<CallToolResult> CallAsync(CallToolRequestParams call, CancellationToken cancellationToken) => _client.CallToolAsync(call, cancellationToken).AsTask();

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static async Task<List<Tool>> ListAsync(McpClient client, CancellationToken cancellationToken)
    {
        var tools = new List<Tool>();
        string? cursor = null;
        var text = 0;
        for (var page = 0; page < MaxPages && tools.Count <= MaxTools && text <= MaxText; page++)
        {
            var result = await client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, cancellationToken);
            tools.AddRange(result.Tools);
            text += result.Tools.Sum(tool => JsonSerializer.Serialize(tool, McpJsonUtilities.DefaultOptions.GetTypeInfo<Tool>()).Length);
            cursor = result.NextCursor;
            if (string.IsNullOrEmpty(cursor))
            {
                return tools;
            }
        }

        throw new InvalidDataException($"the server has more than {MaxPages} pages, {MaxTools} tools or {MaxText} characters of them");
    }

    private static IClientTransport Transport(McpServerSettings settings, SidecarOptions options, ServiceTokenSource? tokens)
    {
        var resource = settings.Resource;
        if (resource.Url is null)
        {
            return new StdioClientTransport(
                new StdioClientTransportOptions
                {
                    Name = resource.Name,
                    Command = resource.Command,
                    Arguments = [.. resource.Arguments],
                    EnvironmentVariables = Variables(settings),
                },
                NullLoggerFactory.Instance);
        }

        var http = new HttpClient(new McpRequestHandler(settings, tokens, options.MaxBodySize ?? long.MaxValue, HttpClients.Backchannel())) { Timeout = Timeout.InfiniteTimeSpan };
        return new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Name = resource.Name,
                Endpoint = resource.Url,
                TransportMode = resource.IsSse ? HttpTransportMode.Sse : HttpTransportMode.StreamableHttp,
                EnableStandaloneGetStream = false,
            },
            http,
            NullLoggerFactory.Instance,
            ownsHttpClient: true);
    }

    /// <summary>That of the sidecar, as in Dapr, but for its own tokens (null: not passed on).</summary>
    private static Dictionary<string, string?> Variables(McpServerSettings settings)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in Environment.GetEnvironmentVariables().Keys.OfType<string>().Where(EnvironmentSecretStore.IsForbidden))
        {
            variables[name] = null;
        }

        foreach (var (name, value) in settings.Values)
        {
            variables[name] = value;
        }

        return variables;
    }
}
