using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>Compares JSON: placeholders as shapes, lists and <c>scope</c> as sets.</summary>
internal static class JsonComparer
{
    public static IEnumerable<string> Compare(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject wanted when actual is JsonObject given:
                foreach (var name in wanted.Select(member => member.Key).Union(given.Select(member => member.Key)))
                {
                    if (!wanted.ContainsKey(name))
                    {
                        yield return $"{path}.{name}: not recorded, but is {Short(given[name])}";
                    }
                    else if (!given.ContainsKey(name))
                    {
                        yield return $"{path}.{name}: missing, recorded as {Short(wanted[name])}";
                    }
                    else
                    {
                        foreach (var difference in Compare(wanted[name], given[name], $"{path}.{name}"))
                        {
                            yield return difference;
                        }
                    }
                }

                break;
            case JsonArray wanted when actual is JsonArray given:
                foreach (var difference in CompareSets([.. wanted], [.. given], path))
                {
                    yield return difference;
                }

                break;
            case JsonValue wanted when actual is JsonValue given:
                if (!Same(wanted, given, path))
                {
                    yield return $"{path}: is {Short(given)}, recorded as {Short(wanted)}";
                }

                break;
            default:
                if (expected is not null || actual is not null)
                {
                    yield return $"{path}: is {Short(actual)}, recorded as {Short(expected)}";
                }

                break;
        }
    }

    private static IEnumerable<string> CompareSets(List<JsonNode?> expected, List<JsonNode?> actual, string path)
    {
        foreach (var item in expected)
        {
            var found = actual.FindIndex(candidate => !Compare(item, candidate, path).Any());
            if (found < 0)
            {
                yield return $"{path}: lacks {Short(item)}";
            }
            else
            {
                actual.RemoveAt(found);
            }
        }

        foreach (var item in actual)
        {
            yield return $"{path}: has {Short(item)}, which is not recorded";
        }
    }

    private static bool Same(JsonValue expected, JsonValue actual, string path)
    {
        if (expected.GetValueKind() != JsonValueKind.String)
        {
            return JsonNode.DeepEquals(expected, actual);
        }

        var wanted = (string)expected!;
        if (actual.GetValueKind() == JsonValueKind.Number)
        {
            return Shape.Matches(wanted, actual.ToJsonString());
        }

        return actual.GetValueKind() == JsonValueKind.String
               && (path.EndsWith(".scope", StringComparison.Ordinal)
                   ? wanted.Split(' ').ToHashSet().SetEquals(((string)actual!).Split(' '))
                   : Shape.Matches(wanted, (string)actual!));
    }

    private static string Short(JsonNode? node) => node?.ToJsonString() is { Length: > 120 } text ? $"{text[..120]}…" : node?.ToJsonString() ?? "null";
}
