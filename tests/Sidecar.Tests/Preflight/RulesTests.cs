using System.Reflection;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Tests.Preflight;

/// <summary>The list of rules is the only place that says what they mean.</summary>
public sealed class RulesTests
{
    [Fact]
    public void EveryProblem_HasARule()
        => Assert.All(
            typeof(ProblemRules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
            id => Assert.Equal(id, Rules.Named(id).Id));

    [Fact]
    public void Document_HoldsTheTableOfTheRules()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "sidecar-check.md")).ReplaceLineEndings("\n");
        var table = string.Concat(Rules.All.Select(rule => $"| `{rule.Id}` | {Target(rule)} | {PreflightReport.Name(rule.Severity)} | {rule.Meaning} | {rule.Mend} |\n"));

        Assert.True(text.Contains("|---|---|---|---|---|\n" + table + "\n", StringComparison.Ordinal), "docs/sidecar-check.md must hold exactly these rows:\n" + table);
    }

    private static string Target(Rule rule) => rule.Target switch
    {
        PreflightTarget.Daprd => "daprd",
        PreflightTarget.Embedded => "embedded",
        _ => "both",
    };
}
