using System.Text.Json;

namespace McpAspire.McpAuthorization.Http;

/// <summary>What the middleware needs of a JSON-RPC message, or why the message is refused.</summary>
internal readonly record struct InspectedRequest(JsonElement? Id, string? Tool, bool IsToolCall, string? Problem, int ErrorCode)
{
    public static InspectedRequest Other(JsonElement? id) => new(id, null, false, null, 0);

    public static InspectedRequest ToolCall(JsonElement? id, string tool) => new(id, tool, true, null, 0);

    public static InspectedRequest Malformed(string problem, int errorCode, JsonElement? id = null) => new(id, null, false, problem, errorCode);
}
