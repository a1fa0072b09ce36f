using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpAspire.Testing;

/// <summary>One MCP request of revision 2026-07-28 as it looks on the wire, so that nothing of an SDK stands between test and answer.</summary>
internal static class McpCall
{
    private const string Revision = "2026-07-28";

    public static HttpRequestMessage Tool(Uri url, string tool, object? arguments = null, string? token = null)
        => Create(url, "tools/call", new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = arguments is null ? new JsonObject() : JsonSerializer.SerializeToNode(arguments),
        }, token, tool);

    public static HttpRequestMessage ListTools(Uri url, string? token = null)
        => Create(url, "tools/list", [], token, name: null);

    /// <summary>The result of an answer, plain or as a server-sent event.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var line = body.Split('\n').Select(text => text.Trim()).FirstOrDefault(text => text.StartsWith("data:", StringComparison.Ordinal) && text.Contains("\"id\"", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line is null ? body : line["data:".Length..]);
        return json.RootElement.Clone();
    }

    /// <summary>The structured content of a successful tool call.</summary>
    public static async Task<JsonElement> ReadContentAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var message = await ReadAsync(response, cancellationToken);
        Assert.True(message.TryGetProperty("result", out var result), message.ToString());
        Assert.False(result.TryGetProperty("isError", out var isError) && isError.GetBoolean(), message.ToString());
        return result.GetProperty("structuredContent");
    }

    private static HttpRequestMessage Create(Uri url, string method, JsonObject parameters, string? token, string? name)
    {
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = Revision,
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "tests", ["version"] = "1.0.0" },
        };
        var message = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters };
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", Revision);
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
}
