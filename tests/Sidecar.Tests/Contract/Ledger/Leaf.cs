using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>One recorded value.</summary>
internal sealed record Leaf(object[] Steps)
{
    public string Path => string.Join('.', Steps);

    /// <summary>A copy of the entry in which this value is another one.</summary>
    public JsonObject Change(JsonObject entry)
    {
        var copy = entry.DeepClone().AsObject();
        JsonNode node = copy;
        foreach (var step in Steps[..^1])
        {
            node = Child(node, step)!;
        }

        var changed = Changed(Child(node, Steps[^1]));
        if (Steps[^1] is string key)
        {
            node[key] = changed;
        }
        else
        {
            node[(int)Steps[^1]] = changed;
        }

        return copy;
    }

    private static JsonNode? Child(JsonNode node, object step) => step is string key ? node[key] : node[(int)step];

    private static JsonNode Changed(JsonNode? value) => value switch
    {
        JsonArray => new JsonArray("~"),
        JsonObject => new JsonObject { ["~"] = "~" },
        null => "~",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True => false,
            JsonValueKind.False => true,
            JsonValueKind.Number => JsonNode.Parse((decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) + 100_003).ToString(CultureInfo.InvariantCulture))!,
            _ => "~" + (string)value!,
        },
    };
}

internal static class Leaves
{
    /// <summary>What an entry was made with, not what was seen.</summary>
    private static readonly string[] _given = ["name", "note", "config", "request", "args", "index", "same_as"];

    public static IEnumerable<Leaf> Of(JsonObject entry)
        => entry.Where(pair => !_given.Contains(pair.Key)).SelectMany(pair => Under(pair.Value, [pair.Key]));

    private static IEnumerable<Leaf> Under(JsonNode? node, object[] steps) => node switch
    {
        JsonObject { Count: > 0 } fields => fields.SelectMany(pair => Under(pair.Value, [.. steps, pair.Key])),
        JsonArray { Count: > 0 } items => items.SelectMany((item, at) => Under(item, [.. steps, at])),
        _ => [new Leaf(steps)],
    };
}
