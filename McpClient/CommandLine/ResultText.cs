using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace McpAspire.Client.CommandLine;

/// <summary>A tool's result for people: text as it is, structured data as lines and tables.</summary>
internal static class ResultText
{
    private const int MaxCell = 70;

    public static string Of(CallToolResult result)
    {
        if (result.StructuredContent is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } structured && result.IsError != true)
        {
            return TerminalText.Clean(Render(structured)).TrimEnd();
        }

        var blocks = result.Content.Select(block => block switch
        {
            TextContentBlock text => RenderText(text.Text),
            ResourceLinkBlock link => link.Uri,
            _ => $"({block.Type} content; use --output json to see it)",
        });
        var all = string.Join(Environment.NewLine, blocks).TrimEnd();
        return all.Length == 0 ? "Done; the tool returned nothing." : TerminalText.Clean(all);
    }

    private static string RenderText(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
        {
            return text;
        }

        try
        {
            return Render(JsonElement.Parse(text));
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static string Render(JsonElement value)
    {
        var text = new StringBuilder();
        Render(text, value);
        return text.ToString();
    }

    private static void Render(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                RenderObject(text, value);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object):
                RenderRows(text, value);
                break;
            case JsonValueKind.Array:
                text.AppendLine(value.GetArrayLength() == 0 ? "(none)" : string.Join(Environment.NewLine, value.EnumerateArray().Select(Cell)));
                break;
            default:
                text.AppendLine(Cell(value));
                break;
        }
    }

    private static void RenderObject(StringBuilder text, JsonElement value)
    {
        var properties = value.EnumerateObject().ToArray();
        var width = properties.Where(property => !IsBlock(property.Value)).Select(property => property.Name.Length).DefaultIfEmpty().Max();
        foreach (var property in properties.OrderBy(property => IsBlock(property.Value)))
        {
            if (IsBlock(property.Value))
            {
                text.AppendLine().AppendLine($"{property.Name}:");
                Render(text, property.Value);
            }
            else
            {
                var indent = Environment.NewLine + new string(' ', width + 2);
                text.AppendLine($"{property.Name.PadRight(width)}  {Cell(property.Value).ReplaceLineEndings(indent)}");
            }
        }
    }

    /// <summary>A table when it fits a terminal; one block a row when a cell is a text to be read.</summary>
    private static void RenderRows(StringBuilder text, JsonElement rows)
    {
        if (!rows.EnumerateArray().SelectMany(row => row.EnumerateObject()).Any(cell => IsBlock(cell.Value) || Cell(cell.Value).Length > MaxCell))
        {
            RenderTable(text, rows);
            return;
        }

        foreach (var row in rows.EnumerateArray())
        {
            RenderObject(text, row);
            text.AppendLine();
        }
    }

    private static void RenderTable(StringBuilder text, JsonElement rows)
    {
        var columns = rows.EnumerateArray().SelectMany(row => row.EnumerateObject().Select(property => property.Name)).Distinct(StringComparer.Ordinal).ToArray();
        var cells = rows.EnumerateArray()
            .Select(row => columns.Select(column => row.TryGetProperty(column, out var cell) ? Cell(cell) : "").ToArray())
            .ToArray();
        var widths = columns.Select((column, index) => Math.Max(column.Length, cells.Max(row => row[index].Length))).ToArray();
        foreach (var line in cells.Prepend(columns))
        {
            text.AppendLine(string.Join("  ", line.Select((cell, index) => cell.PadRight(widths[index]))).TrimEnd());
        }
    }

    private static bool IsBlock(JsonElement value)
        => value.ValueKind == JsonValueKind.Object
            || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array));

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => "–",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Cell)),
        JsonValueKind.String => Readable(value.GetString() ?? ""),
        _ => value.GetRawText(),
    };

    private static string Readable(string value)
        => value is [_, _, _, _, '-', _, _, '-', _, _, 'T', ..]
            && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)
            : value;
}
