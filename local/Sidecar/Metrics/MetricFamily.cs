using System.Collections.Concurrent;
using System.Text;

namespace McpAspire.Sidecar.Metrics;

/// <summary>A metric by its name, with one series for each set of label values.</summary>
internal abstract class MetricFamily(string name, string help)
{
    public string Name => name;

    protected string Help => help;

    /// <summary>Portions that are full; the rest stays in the writer.</summary>
    public abstract IEnumerable<string> Write(ExpositionWriter writer);
}

internal abstract class MetricFamily<TSeries>(string name, string help, string[] labels, LabelRules rules) : MetricFamily(name, help)
    where TSeries : class
{
    private readonly ConcurrentDictionary<string, TSeries> _series = new(StringComparer.Ordinal);

    /// <summary>The series with these values, in the order of the labels; keep it where calls are many.</summary>
    public TSeries With(params ReadOnlySpan<string> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < labels.Length; i++)
        {
            ExpositionWriter.AppendLabel(text, labels[i], rules.Apply(Name, labels[i], values[i]));
        }

        return _series.GetOrAdd(text.ToString(), _ => Create());
    }

    protected IEnumerable<KeyValuePair<string, TSeries>> Series => _series.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    protected abstract TSeries Create();
}

internal sealed class CounterFamily(string name, string help, string[] labels, LabelRules rules) : MetricFamily<Counter>(name, help, labels, rules)
{
    public override IEnumerable<string> Write(ExpositionWriter writer)
        => writer.WriteNumbers(Name, Help, "counter", Series.Select(series => KeyValuePair.Create(series.Key, series.Value.Value)));

    protected override Counter Create() => new();
}

internal sealed class GaugeFamily(string name, string help, string[] labels, LabelRules rules) : MetricFamily<Gauge>(name, help, labels, rules)
{
    public override IEnumerable<string> Write(ExpositionWriter writer)
        => writer.WriteNumbers(Name, Help, "gauge", Series.Select(series => KeyValuePair.Create(series.Key, series.Value.Value)));

    protected override Gauge Create() => new();
}

internal sealed class HistogramFamily(string name, string help, double[] bounds, string[] labels, LabelRules rules) : MetricFamily<Histogram>(name, help, labels, rules)
{
    public override IEnumerable<string> Write(ExpositionWriter writer) => writer.WriteHistograms(Name, Help, Series);

    protected override Histogram Create() => new(bounds);
}
