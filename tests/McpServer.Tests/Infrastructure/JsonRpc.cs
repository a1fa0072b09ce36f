using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpAspire.McpServer.Tests.Infrastructure;

/// <summary>Raw requests of the 2026-07-28 revision, for what no SDK would send.</summary>
public static class JsonRpc
{
    private const string Meta = """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}""";

    public static string ToolCall(string name, string arguments = "{}")
        => $$$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"{{{name}}}","arguments":{{{arguments}}},"_meta":{{{Meta}}}}}""";

    public static HttpRequestMessage Post(string body, string? token, string method = "tools/call", string? name = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Application.Json));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", method);
        if (name is not null)
        {
            request.Headers.Add("Mcp-Name", name);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }

    public static Task<HttpResponseMessage> CallToolAsync(this HttpClient http, string? token, string tool, string arguments = "{}")
        => http.SendAsync(Post(ToolCall(tool, arguments), token, name: tool), TestContext.Current.CancellationToken);

    /// <summary>The JSON-RPC answer, from JSON or from the one event of a stream.</summary>
    public static async Task<JsonNode> AnswerAsync(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var json = body.Split('\n').LastOrDefault(line => line.StartsWith("data:", StringComparison.Ordinal))?["data:".Length..] ?? body;
        return JsonNode.Parse(json) ?? throw new JsonException("null");
    }

    public static string Text(this JsonNode answer) => answer["result"]!["content"]![0]!["text"]!.GetValue<string>();

    public static bool IsToolError(this JsonNode answer) => answer["result"]?["isError"]?.GetValue<bool>() == true;
}
