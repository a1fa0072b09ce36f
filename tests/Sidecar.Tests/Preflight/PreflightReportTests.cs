using System.Text.Json.Nodes;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Preflight;

/// <summary>What <c>check</c> prints, for people, programs and code scanners.</summary>
public sealed class PreflightReportTests
{
    private static readonly Finding[] _findings =
    [
        new(Rules.HotReloadOn, new Position("a b/config.yaml", 1), "It reloads."),
        new(Rules.UnknownKey, new Position(Path.Combine(Path.GetTempPath(), "x.yaml"), 0), "An odd \"key\"."),
        new(Rules.UnknownKey, new Position("a b/x.yaml", 7), "Another."),
    ];

    [Fact]
    public void Text_IsOneLineForEachFinding_WithFileLineRuleAndMend()
    {
        var lines = PreflightReport.AsText(_findings).Split(Environment.NewLine);

        Assert.Equal(4, lines.Length);
        Assert.Equal($"a b/config.yaml:1: error hot-reload-on: It reloads. → {Rules.HotReloadOn.Mend}", lines[0]);
        Assert.Equal("1 error(s), 2 warning(s)", lines[^1]);
    }

    [Fact]
    public void Json_HoldsEveryPartOfAFinding()
    {
        var json = JsonNode.Parse(PreflightReport.AsJson(_findings))!.AsArray();

        Assert.Equal(3, json.Count);
        Assert.Equal(["severity", "rule", "file", "line", "message", "mend"], json[0]!.AsObject().Select(pair => pair.Key));
        Assert.Equal(("error", "hot-reload-on", 1), ((string?)json[0]!["severity"], (string?)json[0]!["rule"], (int?)json[0]!["line"]));
    }

    /// <summary>What the schema of SARIF 2.1.0 demands of the parts in use: required members, no unknown ones, allowed values.</summary>
    [Fact]
    public void Sarif_KeepsToTheSchema()
    {
        var log = JsonNode.Parse(PreflightReport.AsSarif(_findings))!.AsObject();

        Members(log, ["version", "runs"], ["$schema"]);
        Assert.Equal("2.1.0", (string?)log["version"]);
        var run = Assert.Single(log["runs"]!.AsArray())!.AsObject();
        Members(run, ["tool"], ["results", "columnKind"]);
        Assert.Equal("utf16CodeUnits", (string?)run["columnKind"]);
        Members(run["tool"]!, ["driver"], []);
        Members(run["tool"]!["driver"]!, ["name"], ["rules"]);
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        Assert.Equal(["hot-reload-on", "unknown-key"], rules.Select(rule => (string?)rule!["id"]));
        foreach (var rule in rules)
        {
            Members(rule!, ["id"], ["shortDescription", "help", "defaultConfiguration"]);
            Members(rule!["shortDescription"]!, ["text"], []);
            Members(rule["help"]!, ["text"], []);
            Assert.Contains((string?)rule["defaultConfiguration"]!["level"], new[] { "error", "warning" });
        }

        var results = run["results"]!.AsArray();
        Assert.Equal(_findings.Length, results.Count);
        foreach (var result in results)
        {
            Members(result!, ["message"], ["ruleId", "ruleIndex", "level", "locations"]);
            Members(result!["message"]!, ["text"], []);
            Assert.Equal((string?)result["ruleId"], (string?)rules[(int)result["ruleIndex"]!]!["id"]);
            var place = Assert.Single(result["locations"]!.AsArray())!["physicalLocation"]!;
            Members(place, ["artifactLocation"], ["region"]);
            Assert.True(Uri.IsWellFormedUriString((string)place["artifactLocation"]!["uri"]!, UriKind.RelativeOrAbsolute));
            Assert.True((int)place["region"]!["startLine"]! >= 1);
        }

        Assert.Equal("a%20b/config.yaml", (string?)results[0]!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]);
        Assert.StartsWith("file:///", (string?)results[1]!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "daprd", 0)]
    [InlineData("kind: [", "daprd", 1)]
    [InlineData("kind: [", "embedded", 1)]
    public void ExitCode_IsOneWithAnError(string resource, string target, int exitCode)
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/a.yaml", resource);

        var arguments = ParsedArguments.Parse(["--resources-path", folder.PathOf("resources"), "--target", target], Flags.OfCheck);

        Assert.Equal(exitCode, PreflightCommand.Run(arguments, _ => null, new StringWriter()));
    }

    [Theory]
    [InlineData("--target", "dapr")]
    [InlineData("--output", "xml")]
    public void Value_ThatIsNotKnown_IsAWrongCommandLine(string flag, string value)
    {
        var refusal = Assert.Throws<CommandLineException>(() => PreflightCommand.Run(ParsedArguments.Parse([flag, value], Flags.OfCheck), _ => null, new StringWriter()));

        Assert.Equal(2, refusal.ExitCode);
    }

    private static void Members(JsonNode node, string[] required, string[] optional)
    {
        var names = node.AsObject().Select(pair => pair.Key).ToArray();
        Assert.Empty(required.Except(names));
        Assert.Empty(names.Except(required).Except(optional));
    }
}
