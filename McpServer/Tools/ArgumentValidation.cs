using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpAspire.McpServer.Tools;

/// <summary>
/// Checks the arguments against the tool's own schema before anything is bound, and answers with sentences from which
/// a model can correct its call. Without it the SDK ignores unknown arguments and hides why a binding failed.
/// </summary>
internal static class ArgumentValidation
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> ValidateArguments(McpRequestHandler<CallToolRequestParams, CallToolResult> next)
        => (request, cancellationToken) =>
        {
            if (request.MatchedPrimitive is not McpServerTool tool)
            {
                return next(request, cancellationToken);
            }

            var problems = Problems(tool.ProtocolTool.InputSchema, request.Params.Arguments).ToList();
            return problems.Count == 0
                ? next(request, cancellationToken)
                : ValueTask.FromResult(ToolError.Result(string.Join(' ', problems)));
        };

    private static IEnumerable<string> Problems(JsonElement schema, IDictionary<string, JsonElement>? arguments)
    {
        var known = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal)
            : [];

        foreach (var name in Required(schema).Where(name => arguments?.ContainsKey(name) != true))
        {
            yield return $"The argument '{name}' is missing.";
        }

        foreach (var (name, value) in arguments ?? new Dictionary<string, JsonElement>())
        {
            if (!known.TryGetValue(name, out var rule))
            {
                var allowed = known.Count == 0 ? "this tool takes none" : $"allowed are {string.Join(", ", known.Keys)}";
                yield return $"The argument '{Shortened(name)}' is unknown; {allowed}.";
            }
            else if (ArgumentRule.Problem(name, rule, value) is { } problem)
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<string> Required(JsonElement schema)
        => schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [];

    private static string Shortened(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
