using System.Globalization;
using System.Text;

namespace McpAspire.Sidecar.Metrics;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal sealed class ExpositionWriter
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Characters after which what is written goes out: all of it at once can be many megabytes.</summary>
    private const int Portion = 32 * 1024;

    private readonly StringBuilder _text = new();

    /// <summary>What was written since the last time.</summary>
    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        return text;
    }

    public IEnumerable<string> WriteNumbers(string name, string help, string type, IEnumerable<KeyValuePair<string, long>> series)
    {
        var hasHead = false;
        foreach (var (labels, value) in series)
        {
            Head(name, help, type, ref hasHead);
            Line(name, labels, Number(value));
            if (_text.Length > Portion)
            {
                yield return Take();
            }
        }
    }

    public IEnumerable<string> WriteHistograms(string name, string help, IEnumerable<KeyValuePair<string, Histogram>> series)
    {
        var hasHead = false;
        foreach (var (labels, histogram) in series)
        {
            Head(name, help, "histogram", ref hasHead);
            var counts = histogram.Cumulated();
            for (var i = 0; i < counts.Length; i++)
            {
                var bound = i == histogram.Bounds.Count ? "+Inf" : Number(histogram.Bounds[i]);
                Line(name + "_bucket", $"{labels},le=\"{bound}\"", Number(counts[i]));
            }

            Line(name + "_sum", labels, Number(histogram.Sum));
            Line(name + "_count", labels, Number(counts[^1]));
            if (_text.Length > Portion)
            {
                yield return Take();
            }
        }
    }

    public void WriteValue(string name, string help, string type, double value)
    {
        var hasHead = false;
        Head(name, help, type, ref hasHead);
        Line(name, string.Empty, Number(value));
    }

    /// <summary>Adds <c>name="value"</c>; no value can end its line or its quotes.</summary>
    public static void AppendLabel(StringBuilder text, string name, string value)
    {
        text.Append(text.Length == 0 ? string.Empty : ",").Append(name).Append("=\"");
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }

    /// <summary>As Go's shortest form: bounds are compared as text.</summary>
    public static string Number(double value)
        => Math.Abs(value) is >= 1e6 or (> 0 and < 1e-4)
            ? value.ToString("0.################e+00", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);

    private void Head(string name, string help, string type, ref bool isWritten)
    {
        if (isWritten)
        {
            return;
        }

        isWritten = true;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private void Line(string name, string labels, string value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(value).Append('\n');
    }
}
