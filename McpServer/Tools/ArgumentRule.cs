using System.Globalization;
using System.Text.Json;

namespace McpAspire.McpServer.Tools;

/// <summary>The part of JSON Schema that tools of this server use: type, enum, length and range.</summary>
internal static class ArgumentRule
{
    public static string? Problem(string name, JsonElement rule, JsonElement value)
        => WrongType(name, rule, value) ?? NotInEnum(name, rule, value) ?? WrongLength(name, rule, value) ?? OutOfRange(name, rule, value);

    private static string? WrongType(string name, JsonElement rule, JsonElement value)
    {
        if (!rule.TryGetProperty("type", out var type))
        {
            return null;
        }

        var allowed = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()!).ToArray() : [type.GetString()!];
        return allowed.Any(expected => Matches(expected, value))
            ? null
            : $"The argument '{name}' must be {string.Join(" or ", allowed.Select(Article))}.";
    }

    private static bool Matches(string type, JsonElement value) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => true,
    };

    private static string Article(string type) => type switch
    {
        "integer" => "a whole number",
        "null" => "null",
        "array" or "object" => $"an {type}",
        _ => $"a {type}",
    };

    private static string? NotInEnum(string name, JsonElement rule, JsonElement value)
    {
        if (!rule.TryGetProperty("enum", out var values) || values.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)))
        {
            return null;
        }

        var allowed = values.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null).Select(item => item.ToString());
        return $"The argument '{name}' must be one of {string.Join(", ", allowed)}.";
    }

    private static string? WrongLength(string name, JsonElement rule, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = value.GetString()!;
        if (rule.TryGetProperty("minLength", out var min) && (text.Length < min.GetInt32() || string.IsNullOrWhiteSpace(text)))
        {
            return $"The argument '{name}' must not be empty.";
        }

        return rule.TryGetProperty("maxLength", out var max) && text.Length > max.GetInt32()
            ? $"The argument '{name}' is {text.Length} characters long; at most {max.GetInt32()} are allowed."
            : null;
    }

    private static string? OutOfRange(string name, JsonElement rule, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        var number = value.GetDouble();
        var tooSmall = rule.TryGetProperty("minimum", out var min) && number < min.GetDouble();
        var tooLarge = rule.TryGetProperty("maximum", out var max) && number > max.GetDouble();
        return (tooSmall, tooLarge) switch
        {
            (true, _) => string.Create(CultureInfo.InvariantCulture, $"The argument '{name}' is {value.GetRawText()}; the least is {min.GetRawText()}."),
            (_, true) => string.Create(CultureInfo.InvariantCulture, $"The argument '{name}' is {value.GetRawText()}; the most is {max.GetRawText()}."),
            _ => null,
        };
    }
}
