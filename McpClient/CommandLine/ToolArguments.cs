using System.Globalization;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.CommandLine;

/// <summary>Checks <c>name=value</c> words against a tool's input schema and converts them, before anything is sent.</summary>
internal static class ToolArguments
{
    /// <summary>The tool of this name, or a <see cref="UsageException"/> that names the nearest one.</summary>
    public static Tool FindTool(IReadOnlyList<Tool> tools, string name)
        => tools.FirstOrDefault(tool => tool.Name == name)
            ?? throw new UsageException(tools.Count == 0
                ? $"There is no tool '{name}': the server offers no tool to this identity."
                : $"There is no tool '{name}'.{NearestName.Hint(name, tools.Select(tool => tool.Name))} "
                    + $"Tools: {string.Join(", ", tools.Select(tool => tool.Name).Order(StringComparer.Ordinal))}.");

    public static IReadOnlyDictionary<string, object?> Bind(Tool tool, IEnumerable<string> words)
    {
        var parameters = ToolParameter.Of(tool);
        var given = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var (name, value) = Split(word);
            if (!parameters.Any(parameter => parameter.Name == name))
            {
                throw new UsageException(parameters.Count == 0
                    ? $"{tool.Name} takes no arguments, but '{name}' was given."
                    : $"{tool.Name} has no argument '{name}'.{NearestName.Hint(name, parameters.Select(parameter => parameter.Name))} "
                        + $"Arguments: {string.Join(", ", parameters.Select(parameter => parameter.Name))}.");
            }

            (given.TryGetValue(name, out var values) ? values : given[name] = []).Add(value);
        }

        var missing = parameters.Where(parameter => parameter.Required && !given.ContainsKey(parameter.Name)).Select(parameter => parameter.Name).ToArray();
        if (missing.Length > 0)
        {
            throw new UsageException(
                $"{tool.Name} needs {string.Join(" and ", missing)}. Add {string.Join(" ", missing.Select(name => $"--arg {name}=…"))}.");
        }

        return given.ToDictionary(
            pair => pair.Key,
            pair => Convert(tool, parameters.First(parameter => parameter.Name == pair.Key), pair.Value));
    }

    private static (string Name, string Value) Split(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (word[..equals].Trim(), word[(equals + 1)..])
            : throw new UsageException($"'{word}' is not an argument: write --arg name=value.");
    }

    private static object? Convert(Tool tool, ToolParameter parameter, List<string> values)
    {
        if (parameter.Is("array") && !(values is [['[', ..]]))
        {
            return values;
        }

        if (values.Count > 1)
        {
            throw new UsageException($"{tool.Name} takes '{parameter.Name}' once, but it was given {values.Count} times.");
        }

        var value = values[0];
        if (parameter.Allowed.Count > 0 && !parameter.Allowed.Contains(value, StringComparer.Ordinal))
        {
            throw new UsageException(
                $"'{parameter.Name}' cannot be '{value}'.{NearestName.Hint(value, parameter.Allowed)} Allowed: {string.Join(", ", parameter.Allowed)}.");
        }

        return ConvertOne(parameter, value, out var converted)
            ? converted
            : throw new UsageException($"'{parameter.Name}' must be {Article(parameter)}, but is '{value}'.");
    }

    private static bool ConvertOne(ToolParameter parameter, string value, out object? converted)
    {
        converted = value;
        if (value == "null" && parameter.Nullable && !parameter.Is("string"))
        {
            converted = null;
            return true;
        }

        if (parameter.Is("integer") && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            converted = whole;
            return true;
        }

        if (parameter.Is("number") && decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            converted = number;
            return true;
        }

        if (parameter.Is("boolean") && bool.TryParse(value, out var flag))
        {
            converted = flag;
            return true;
        }

        if ((parameter.Is("object") || parameter.Is("array")) && TryParseJson(value, out var json))
        {
            converted = json;
            return (parameter.Is("object") && json.ValueKind == JsonValueKind.Object) || (parameter.Is("array") && json.ValueKind == JsonValueKind.Array);
        }

        return parameter.Types.Count == 0 || parameter.Is("string");
    }

    private static bool TryParseJson(string value, out JsonElement json)
    {
        try
        {
            json = JsonElement.Parse(value);
            return true;
        }
        catch (JsonException)
        {
            json = default;
            return false;
        }
    }

    private static string Article(ToolParameter parameter) => parameter.TypeName switch
    {
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "object" => "a JSON object",
        "array" => "a JSON array",
        var other => $"a {other}",
    };
}
