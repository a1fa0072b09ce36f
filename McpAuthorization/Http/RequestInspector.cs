using System.Text.Json;

namespace McpAspire.McpAuthorization.Http;

/// <summary>
/// Reads a JSON-RPC message so strictly that no other reader can understand it differently: the SDK reads
/// <c>params</c> without regard to case and takes the last of two equal keys, and either would be a way around the policy.
/// </summary>
internal static class RequestInspector
{
    private const int ParseError = -32700;
    private const int InvalidRequest = -32600;
    private const int InvalidParams = -32602;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };
    private static readonly string[] EnvelopeKeys = ["jsonrpc", "id", "method", "params", "result", "error"];
    private static readonly string[] ParamsKeys = ["name", "arguments", "uri", "_meta"];

    public static async ValueTask<InspectedRequest> InspectAsync(Stream body, CancellationToken cancellationToken)
    {
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(body, Strict, cancellationToken);
        }
        catch (JsonException)
        {
            return InspectedRequest.Malformed("The body is not valid JSON, or a key stands in it twice.", ParseError);
        }

        using (document)
        {
            return Inspect(document.RootElement);
        }
    }

    private static InspectedRequest Inspect(JsonElement message)
    {
        if (message.ValueKind == JsonValueKind.Array)
        {
            return InspectedRequest.Malformed("Batches are not part of MCP; send one message a request.", InvalidRequest);
        }

        if (message.ValueKind != JsonValueKind.Object)
        {
            return InspectedRequest.Malformed("The body is not a JSON-RPC message.", InvalidRequest);
        }

        JsonElement? id = message.TryGetProperty("id", out var given) ? given.Clone() : null;
        if (Misspelt(message, EnvelopeKeys) is { } key)
        {
            return InspectedRequest.Malformed($"The key '{key}' is not written as the protocol writes it.", InvalidRequest, id);
        }

        if (!message.TryGetProperty("params", out var parameters) || parameters.ValueKind != JsonValueKind.Object)
        {
            return IsToolCall(message)
                ? InspectedRequest.Malformed("A tool call needs 'params' with the 'name' of the tool.", InvalidParams, id)
                : InspectedRequest.Other(id);
        }

        if (Misspelt(parameters, ParamsKeys) is { } parameter)
        {
            return InspectedRequest.Malformed($"The parameter '{parameter}' is not written as the protocol writes it.", InvalidParams, id);
        }

        if (!IsToolCall(message))
        {
            return InspectedRequest.Other(id);
        }

        return parameters.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? InspectedRequest.ToolCall(id, name.GetString()!)
            : InspectedRequest.Malformed("A tool call needs the 'name' of the tool, a string.", InvalidParams, id);
    }

    private static bool IsToolCall(JsonElement message)
        => message.TryGetProperty("method", out var method)
           && method.ValueKind == JsonValueKind.String
           && method.ValueEquals("tools/call"u8);

    private static string? Misspelt(JsonElement element, string[] keys)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = property.Name;
            if (Array.Exists(keys, key => key.Equals(name, StringComparison.OrdinalIgnoreCase) && key != name))
            {
                return name;
            }
        }

        return null;
    }
}
