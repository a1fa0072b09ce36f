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
            text.AppendLine($"{finding.Position}: {Name(finding.Severity)} {finding.Rule.Id}: {finding.Message} → {finding.Mend}");
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
            writer.WriteString("rule", finding.Rule.Id);
            writer.WriteString("file", finding.Position.File);
            writer.WriteNumber("line", finding.Position.Line);
            writer.WriteString("message", finding.Message);
            writer.WriteString("mend", finding.Mend);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    public static string AsSarif(IReadOnlyList<Finding> findings) => Write(writer => SarifLog.WriteTo(writer, findings));

    public static string Name(Severity severity) => severity == Severity.Error ? "error" : "warning";

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
