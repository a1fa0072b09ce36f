using DaprPage.Client;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

// The address of the Dapr process: `dapr run` says its port to the app that it starts.
var server = new Uri(args is [var url] ? url : $"http://localhost:{Environment.GetEnvironmentVariable("DAPR_HTTP_PORT") ?? "3500"}/mcp");
var callback = new Uri(Environment.GetEnvironmentVariable("CALLBACK_URL") ?? "http://localhost:5100/signin/callback");

using var http = new HttpClient(new SidecarLogin(server, callback)) { Timeout = SidecarLogin.Patience };
var transport = new HttpClientTransport(
    new HttpClientTransportOptions
    {
        Endpoint = server,
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string> { ["dapr-app-id"] = "mcp-server" },
    },
    http);

// The first call waits for a person to sign in.
await using var client = await McpClient.CreateAsync(transport, new McpClientOptions { DiscoverProbeTimeout = SidecarLogin.Patience });
foreach (var tool in await client.ListToolsAsync())
{
    Console.WriteLine($"tool: {tool.Name} - {tool.Description}");
}

var answer = await client.CallToolAsync("whoami");
Console.WriteLine(string.Join('\n', answer.Content.OfType<TextContentBlock>().Select(block => block.Text)));
