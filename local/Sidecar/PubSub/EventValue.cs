using System.Text.Json;

namespace McpAspire.Sidecar.PubSub;

/// <summary>What CEL does with the values of an event. All numbers of JSON are fractions, and compare with whole ones.</summary>
internal static class EventValue
{
    public static object? Field(object? target, string name)
        => target is JsonElement { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value)
            ? Of(value)
            : throw new EventMatchException($"no such key: {name}");

    public static object? At(object? target, object? index) => (target, index) switch
    {
        (JsonElement, string name) => Field(target, name),
        (object?[] list, double number) when number >= 0 && number < list.Length && number == Math.Floor(number) => list[(int)number],
        (object?[], double number) => throw new EventMatchException($"index out of bounds: {number}"),
        _ => throw NoOverload("[]"),
    };

    /// <summary>CEL's has(): whether a field is there.</summary>
    public static bool Has(EventExpression asked, JsonElement cloudEvent)
    {
        try
        {
            asked(cloudEvent);
            return true;
        }
        catch (EventMatchException)
        {
            return false;
        }
    }

    /// <summary>As in CEL: the side that decides alone counts, also where the other is an error.</summary>
    public static EventExpression Either(EventExpression left, EventExpression right, bool decisive) => cloudEvent =>
    {
        bool first;
        try
        {
            first = Truth(left(cloudEvent));
        }
        catch (EventMatchException)
        {
            if (Truth(right(cloudEvent)) == decisive)
            {
                return decisive;
            }

            throw;
        }

        return first == decisive ? decisive : Truth(right(cloudEvent));
    };

    public static bool Truth(object? value) => value is bool truth ? truth : throw NoOverload("logic");

    public static double Number(object? value) => value is double number ? number : throw NoOverload("-");

    public static string Text(object? value) => value as string ?? throw NoOverload("text");

    public static double Size(object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        object?[] list => list.Length,
        JsonElement element => element.EnumerateObject().Count(),
        _ => throw NoOverload("size"),
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (bool a, bool b) => a == b,
        (double a, double b) => a == b,
        (string a, string b) => a == b,
        (object?[] a, object?[] b) => a.Length == b.Length && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (JsonElement a, JsonElement b) => JsonElement.DeepEquals(a, b),
        _ => false,
    };

    public static bool Holds(string sign, object? left, object? right)
    {
        var order = (left, right) switch
        {
            (double a, double b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            (bool a, bool b) => a.CompareTo(b),
            _ => throw NoOverload(sign),
        };
        return sign switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    public static bool IsIn(object? item, object? among) => among switch
    {
        object?[] list => list.Any(other => AreEqual(item, other)),
        JsonElement element when item is string name => element.TryGetProperty(name, out _),
        _ => throw NoOverload("in"),
    };

    private static object? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => value.EnumerateArray().Select(Of).ToArray(),
        _ => value,
    };

    private static EventMatchException NoOverload(string sign) => new($"no such overload: {sign}");
}
