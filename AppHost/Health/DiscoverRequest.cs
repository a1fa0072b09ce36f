using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace McpAspire.AppHost.Health;

/// <summary>The cheapest real MCP request: <c>server/discover</c> of revision 2026-07-28 opens no session and runs no tool.</summary>
internal static class DiscoverRequest
{
    private const string Revision = "2026-07-28";
    private const string Method = "server/discover";

    private const string Body =
        """{"jsonrpc":"2.0","id":"health","method":""" + "\"" + Method + "\"" +
        ""","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":""" + "\"" + Revision + "\"" +
        ""","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"apphost-health","version":"1.0.0"}}}}""";

    public static HttpRequestMessage Create(Uri url)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("dapr-app-id", "mcp-server");
        request.Headers.Add("MCP-Protocol-Version", Revision);
        request.Headers.Add("Mcp-Method", Method);
        // Not sampled (W3C Trace Context, section 3.2.2.5.1): probes would crowd out the calls that people look for.
        request.Headers.Add("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
        return request;
    }

    /// <summary>True for a JSON-RPC result, plain or as the data of a server-sent event.</summary>
    public static bool IsAnswered(string body)
        => body.Split('\n').Select(line => line.Trim())
            .Select(line => line.StartsWith("data:", StringComparison.Ordinal) ? line["data:".Length..].Trim() : line)
            .Any(IsResult);

    private static bool IsResult(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("jsonrpc", out _)
                && json.RootElement.TryGetProperty("result", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
