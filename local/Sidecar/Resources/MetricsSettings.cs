using System.Globalization;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Pipeline;

namespace McpAspire.Sidecar.Resources;

/// <summary><c>spec.metrics</c> (or <c>spec.metric</c>).</summary>
internal sealed record MetricsSettings
{
    private static readonly double[] _daprBounds = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

    public static readonly MetricsSettings Default = new(); // behind the bounds that it holds

    public bool IsConfigured { get; init; }

    public bool IsEnabled { get; init; } = true;

    public bool RecordsErrorCodes { get; init; }

    /// <summary>True unless said otherwise, as in Dapr 1.18: paths are labels.</summary>
    public bool IncreasedCardinality { get; init; } = true;

    public bool ExcludeVerbs { get; init; }

    public IReadOnlyList<string> PathMatching { get; init; } = [];

    /// <summary>Upper bounds of the latency buckets, in milliseconds.</summary>
    public double[] LatencyBounds { get; init; } = _daprBounds;

    public IReadOnlyList<MetricRule> Rules { get; init; } = [];

    public static MetricsSettings Read(YamlMap metrics)
    {
        metrics.Only("enabled", "http", "rules", "latencyDistributionBuckets", "recordErrorCodes", "workflow");
        var http = metrics.Map("http")?.Only("increasedCardinality", "pathMatching", "excludeVerbs");
        var bounds = metrics.Texts("latencyDistributionBuckets");
        return new MetricsSettings
        {
            IsConfigured = true,
            IsEnabled = metrics.Switch("enabled", otherwise: true),
            RecordsErrorCodes = metrics.Switch("recordErrorCodes", otherwise: false),
            IncreasedCardinality = http?.Switch("increasedCardinality", otherwise: true) ?? true,
            ExcludeVerbs = http?.Switch("excludeVerbs", otherwise: false) ?? false,
            PathMatching = http?.Texts("pathMatching") ?? [],
            LatencyBounds = bounds.Count == 0 ? _daprBounds : ReadBounds(metrics, bounds),
            Rules = [.. metrics.Maps("rules").SelectMany(MetricRule.ReadAll)],
        };
    }

    private static double[] ReadBounds(YamlMap metrics, IReadOnlyList<string> texts)
    {
        var bounds = new double[texts.Count];
        for (var i = 0; i < bounds.Length; i++)
        {
            if (!int.TryParse(texts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var bound) || (i > 0 && bound <= bounds[i - 1]))
            {
                throw new ResourceException(metrics.PositionOf("latencyDistributionBuckets"), $"'spec.metrics.latencyDistributionBuckets' holds '{texts[i]}'; allowed are whole milliseconds that grow.");
            }

            bounds[i] = bound;
        }

        return bounds;
    }
}

/// <summary>Replaces what an RE2 expression finds in one label of one metric.</summary>
internal sealed record MetricRule(string Metric, string Label, Regex Pattern, string Replacement)
{
    private const string Prefix = "dapr_";

    public static IEnumerable<MetricRule> ReadAll(YamlMap rule)
    {
        rule.Only("name", "labels");
        var metric = WithoutPrefix(rule.Required("name")).Replace('/', '_');
        foreach (var label in rule.Maps("labels"))
        {
            label.Only("name", "regex");
            var name = label.Required("name");
            foreach (var replacement in label.Map("regex")?.Keys ?? [])
            {
                yield return new MetricRule(metric, name, Compile(label.Map("regex")!, replacement), replacement);
            }
        }
    }

    public bool Covers(string metric) => WithoutPrefix(metric) == Metric;

    private static Regex Compile(YamlMap map, string key)
    {
        try
        {
            return Re2.Compile(map.Required(key));
        }
        catch (FormatException exception)
        {
            throw new ResourceException(map.PositionOf(key), $"'{map.Text(key)}' is no RE2 expression: {exception.Message}.", exception);
        }
    }

    private static string WithoutPrefix(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
}
