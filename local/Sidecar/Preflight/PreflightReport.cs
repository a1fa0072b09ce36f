using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpAspire.Sidecar.Preflight;

/// <summary>Findings for a person, for a program, or for a code scanner.</summary>
internal static class PreflightReport
{
    private static readonly JsonWriterOptions _json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string AsText(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.AppendLine($"{finding.Position}: {Name(finding.Severity)} {finding.Rule}: {finding.Message} → {finding.Mend}");
        }

        var errors = findings.Count(finding => finding.Severity == Severity.Error);
        return text.Append($"{errors} error(s), {findings.Count - errors} warning(s)").ToString();
    }

    public static string AsJson(IReadOnlyList<Finding> findings) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach (var finding in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("severity", Name(finding.Severity));
            writer.WriteString("rule", finding.Rule);
            writer.WriteString("file", finding.Position.File);
            writer.WriteNumber("line", finding.Position.Line);
            writer.WriteString("message", finding.Message);
            writer.WriteString("mend", finding.Mend);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    public static string AsSarif(IReadOnlyList<Finding> findings) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        writer.WriteString("version", "2.1.0");
        writer.WriteStartArray("runs");
        writer.WriteStartObject();
        writer.WriteStartObject("tool");
        writer.WriteStartObject("driver");
        writer.WriteString("name", "Sidecar check");
        writer.WriteStartArray("rules");
        foreach (var rule in findings.Select(finding => finding.Rule).Distinct())
        {
            writer.WriteStartObject();
            writer.WriteString("id", rule);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("results");
        foreach (var finding in findings)
        {
            WriteResult(writer, finding);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteResult(Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("ruleId", finding.Rule);
        writer.WriteString("level", Name(finding.Severity));
        writer.WriteStartObject("message");
        writer.WriteString("text", $"{finding.Message} {finding.Mend}");
        writer.WriteEndObject();
        writer.WriteStartArray("locations");
        writer.WriteStartObject();
        writer.WriteStartObject("physicalLocation");
        writer.WriteStartObject("artifactLocation");
        writer.WriteString("uri", finding.Position.File.Replace('\\', '/'));
        writer.WriteEndObject();
        writer.WriteStartObject("region");
        writer.WriteNumber("startLine", Math.Max(1, finding.Position.Line));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Name(Severity severity) => severity == Severity.Error ? "error" : "warning";

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, _json))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
