using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Metrics;

/// <summary><c>spec.metrics.rules</c>: what a label's value is replaced by.</summary>
internal sealed class LabelRules(IReadOnlyList<MetricRule> rules)
{
    public static readonly LabelRules None = new([]);

    public bool Any => rules.Count > 0;

    public string Apply(string metric, string label, string value)
    {
        foreach (var rule in rules)
        {
            if (value.Length > 0 && rule.Label == label && rule.Covers(metric))
            {
                value = rule.Pattern.Replace(value, rule.Replacement);
            }
        }

        return value;
    }
}
