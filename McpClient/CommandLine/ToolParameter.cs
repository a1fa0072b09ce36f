using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.CommandLine;

/// <summary>One property of a tool's input schema.</summary>
internal sealed record ToolParameter
{
    public required string Name { get; init; }

    public required bool Required { get; init; }

    public string? Description { get; init; }

    /// <summary>JSON types without <c>null</c>; empty when the schema leaves the type open.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    public required bool Nullable { get; init; }

    /// <summary>The values of an <c>enum</c>, as text.</summary>
    public required IReadOnlyList<string> Allowed { get; init; }

    public string TypeName => Types.Count == 0 ? "value" : string.Join("|", Types);

    public bool Is(string type) => Types.Contains(type, StringComparer.Ordinal);

    public static IReadOnlyList<ToolParameter> Of(Tool tool)
    {
        if (!tool.InputSchema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var required = tool.InputSchema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet(StringComparer.Ordinal)
            : [];
        return [.. properties.EnumerateObject().Select(property => Read(property, required.Contains(property.Name)))];
    }

    private static ToolParameter Read(JsonProperty property, bool required)
    {
        var types = ReadTypes(property.Value).Distinct(StringComparer.Ordinal).ToArray();
        return new ToolParameter
        {
            Name = property.Name,
            Required = required,
            Description = property.Value.ValueKind == JsonValueKind.Object
                && property.Value.TryGetProperty("description", out var description) ? description.GetString() : null,
            Types = [.. types.Where(type => type != "null")],
            Nullable = types.Contains("null", StringComparer.Ordinal),
            Allowed = [.. AllowedValues(property.Value)],
        };
    }

    private static IEnumerable<string> ReadTypes(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        if (schema.TryGetProperty("type", out var type))
        {
            foreach (var name in type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()) : [type.GetString()])
            {
                yield return name ?? "null";
            }
        }

        foreach (var alternative in Alternatives(schema).SelectMany(ReadTypes))
        {
            yield return alternative;
        }
    }

    private static IEnumerable<string> AllowedValues(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array)
        {
            return values.EnumerateArray().Where(value => value.ValueKind != JsonValueKind.Null).Select(value => value.ToString());
        }

        return Alternatives(schema).SelectMany(AllowedValues);
    }

    private static IEnumerable<JsonElement> Alternatives(JsonElement schema)
    {
        foreach (var keyword in (string[])["anyOf", "oneOf"])
        {
            if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(keyword, out var list) && list.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in list.EnumerateArray())
                {
                    yield return item;
                }
            }
        }
    }
}
