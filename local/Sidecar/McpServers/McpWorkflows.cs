using System.Text.Json;
using McpAspire.Sidecar.Workflows;

namespace McpAspire.Sidecar.McpServers;

/// <summary>The workflows that Dapr offers for an MCPServer: <c>dapr.internal.mcp.{server}.ListTools</c> and <c>.CallTool.{tool}</c>.</summary>
internal static class McpWorkflows
{
    public const string Prefix = "dapr.internal.mcp.";

    private const string ListTools = "ListTools";
    private const string CallTool = "CallTool.";

    /// <summary>The server that it may be one of, and that is not connected yet.</summary>
    public static McpServer? FindAwaited(McpServerSet servers, string name)
        => name.StartsWith(Prefix, StringComparison.Ordinal) && servers.Find(name[Prefix.Length..], out _) is { IsConnected: false } server ? server : null;

    public static Workflow? Find(McpServerSet servers, string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || servers.Find(name[Prefix.Length..], out var rest) is not { IsConnected: true } server)
        {
            return null;
        }

        if (rest == ListTools)
        {
            return (_, cancellationToken) => server.ListToolsAsync(cancellationToken);
        }

        var tool = rest.StartsWith(CallTool, StringComparison.Ordinal) ? rest[CallTool.Length..] : string.Empty;
        return server.Has(tool) ? (input, cancellationToken) => CallAsync(server, tool, input, cancellationToken) : null;
    }

    private static async Task<string> CallAsync(McpServer server, string tool, string? input, CancellationToken cancellationToken)
    {
        Dictionary<string, JsonElement>? arguments;
        try
        {
            arguments = Arguments(input);
        }
        catch (JsonException exception)
        {
            return McpServer.Error($"failed to parse CallToolInput: {exception.Message}");
        }

        return await server.CallToolAsync(tool, arguments, cancellationToken);
    }

    /// <summary>Of <c>{"arguments": {…}}</c>; none of an input that is empty or null.</summary>
    private static Dictionary<string, JsonElement>? Arguments(string? input)
    {
        if (string.IsNullOrWhiteSpace(input))
        {
            return null;
        }

        using var document = JsonDocument.Parse(input);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Object => document.RootElement.TryGetProperty("arguments", out var arguments) ? arguments.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Object => arguments.EnumerateObject().GroupBy(pair => pair.Name, StringComparer.Ordinal).ToDictionary(pairs => pairs.Key, pairs => pairs.Last().Value.Clone(), StringComparer.Ordinal),
                var kind => throw new JsonException($"'arguments' is of the kind {kind}; allowed is an object"),
            } : null,
            var kind => throw new JsonException($"the input is of the kind {kind}; allowed is an object with 'arguments'"),
        };
    }
}
