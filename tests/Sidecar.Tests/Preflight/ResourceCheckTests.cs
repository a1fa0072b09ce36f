using System.Text.Json.Nodes;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Preflight;
using McpAspire.Sidecar.Tests.Contract;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Preflight;

/// <summary>The check finds what daprd would run without a word.</summary>
public sealed class ResourceCheckTests
{
    /// <summary>The configurations of the recordings with which daprd started unprotected.</summary>
    public static TheoryData<string> Unprotected()
        => [.. Recording.Topic("fail-open").Where(entry => (bool?)entry["unprotected"] == true).Select(entry => (string)entry["name"]!)];

    [Theory]
    [MemberData(nameof(Unprotected))]
    public async Task Check_OfWhatDaprdRunsUnprotected_FindsAnErrorWithItsPlace(string name)
    {
        await using var rig = new ContractRig();

        var errors = Check(rig, "fail-open/" + name, PreflightTarget.Daprd).Where(finding => finding.Severity == Severity.Error).ToArray();

        Assert.NotEmpty(errors);
        Assert.All(errors, finding => Assert.NotEmpty(finding.Mend));
        Assert.All(errors, finding => Assert.NotEmpty(finding.Position.File));
    }

    [Theory]
    [InlineData("mcp-server", "embedded")]
    [InlineData("mcp-console", "embedded")]
    [InlineData("mcp-agent", "embedded")]
    [InlineData("mcp-server", "daprd")]
    [InlineData("mcp-console", "daprd")]
    [InlineData("mcp-agent", "daprd")]
    public void Check_OfTheShippedComponents_FindsNoError(string app, string target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "components", app);
        var output = new StringWriter();

        var exitCode = PreflightCommand.Run(
            ParsedArguments.Parse(["--app-id", app, "--config", Path.Combine(folder, "config.yaml"), "--resources-path", Path.Combine(folder, "resources"), "--target", target], Flags.OfCheck),
            name => name.StartsWith("MCP_", StringComparison.Ordinal) ? "set" : null,
            output);

        Assert.Equal(0, exitCode);
        Assert.Contains("0 error(s)", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_FindsEverythingThatIsWrong_NotTheFirstThingOnly()
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/a.yaml", "kind: [");
        folder.Write("resources/b.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Componnt\nmetadata:\n  name: x\n");
        var config = folder.Write("config.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: c\nspec:\n  httpPipeline:\n    handlers:\n      - name: login\n        type: middleware.http.oauth2\n");

        var findings = new ResourceCheck(new SidecarOptions { AppId = "app", ConfigPaths = [config], ResourcesPaths = [folder.PathOf("resources")] }, PreflightTarget.Daprd, _ => null).Run();

        Assert.Equal(4, findings.Count(finding => finding.Severity == Severity.Error));
        Assert.Contains(findings, finding => finding.Rule == "hot-reload-on");
    }

    [Fact]
    public void Check_OfOpenSecrets_IsAnErrorUnderDaprdAndNoneHere()
    {
        using var folder = new TemporaryFolder();
        folder.Write("resources/secrets.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: secrets\nspec:\n  type: secretstores.local.env\n  version: v1\n");
        var options = new SidecarOptions { AppId = "app", ResourcesPaths = [folder.PathOf("resources")] };

        Assert.Contains(new ResourceCheck(options, PreflightTarget.Daprd, _ => null).Run(), finding => finding is { Rule: "secrets-api-open", Severity: Severity.Error });
        Assert.Empty(new ResourceCheck(options, PreflightTarget.Embedded, _ => null).Run());
    }

    [Fact]
    public async Task Report_AsJsonAndSarif_CanBeRead()
    {
        await using var rig = new ContractRig();
        var findings = Check(rig, "fail-open/typo-name", PreflightTarget.Embedded);

        var json = JsonNode.Parse(PreflightReport.AsJson(findings))!.AsArray();
        var sarif = JsonNode.Parse(PreflightReport.AsSarif(findings))!;

        Assert.Equal(findings.Count, json.Count);
        Assert.Equal(findings.Count, sarif["runs"]![0]!["results"]!.AsArray().Count);
        Assert.Equal("error", (string?)json[0]!["severity"]);
    }

    private static IReadOnlyList<Finding> Check(ContractRig rig, string config, PreflightTarget target)
    {
        var arguments = ParsedArguments.Parse(rig.Arguments(config));
        var environment = rig.Environment(config);
        return new ResourceCheck(
            new SidecarOptions { AppId = "app", ConfigPaths = arguments.List("config"), ResourcesPaths = arguments.List("resources-path") },
            target,
            name => environment.GetValueOrDefault(name)).Run();
    }
}
