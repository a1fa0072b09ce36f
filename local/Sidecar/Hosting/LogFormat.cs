using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace McpAspire.Sidecar.Hosting;

/// <summary>daprd's log lines, as text or JSON.</summary>
internal sealed record LogFormat(string AppId, bool IsJson)
{
    private static readonly string _host = Environment.MachineName;

    public string Line(DateTimeOffset time, LogLevel level, string scope, string message, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        var now = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        return IsJson
            ? $"{{\"app_id\":{Json(AppId)},{string.Concat(fields.Select(field => $"{Json(field.Key)}:{JsonValue(field.Value)},"))}\"instance\":{Json(_host)},\"level\":\"{Name(level)}\",\"msg\":{Json(message)},\"scope\":{Json(scope)},\"time\":\"{now}\",\"type\":\"log\",\"ver\":\"unknown\"}}"
            : $"time=\"{now}\" level={Name(level)} msg={Quoted(message)} {string.Join(' ', Fields(scope, fields))}";
    }

    /// <summary>In the order of their names: every start writes lines, and sorting pairs is code that would have to be compiled first.</summary>
    private List<string> Fields(string scope, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        List<string> texts = [$"app_id={Bare(AppId)}", $"instance={Bare(_host)}", $"scope={Bare(scope)}", "type=log", "ver=unknown"];
        foreach (var (name, value) in fields)
        {
            texts.Add($"{name}={Bare($"{value}")}");
        }

        texts.Sort(StringComparer.Ordinal);
        return texts;
    }

    private static string JsonValue(object? value) => value is int or long ? $"{value}" : Json($"{value}");

    /// <summary>Without quotes where it needs none.</summary>
    private static string Bare(string text)
        => text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '/' or '@' or '^' or '+') ? text : Quoted(text);

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>One line whatever the text holds, and nothing that a terminal obeys: a caller's path must not write lines of its own.</summary>
    private static string Quoted(string text)
    {
        var builder = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            switch (character)
            {
                case '"' or '\\':
                    builder.Append('\\').Append(character);
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                default:
                    builder.Append(char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character);
                    break;
            }
        }

        return builder.Append('"').ToString();
    }

    public static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
