using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Preflight;

namespace McpAspire.Sidecar.Tests.Preflight;

/// <summary>The resources in this repository are safe with either sidecar, and say why a warning stays.</summary>
public sealed class ShippedResourcesTests
{
    public static TheoryData<string, string, string, string, string> Shipped()
    {
        var data = new TheoryData<string, string, string, string, string>();
        foreach (var target in new[] { "daprd", "embedded" })
        {
            foreach (var app in new[] { "mcp-server", "mcp-console", "mcp-agent" })
            {
                data.Add(target, app, "components", app, "resources");
            }

            data.Add(target, "mcpclient", "samples/dapr-page", "client", "components");
            data.Add(target, "mcp-server", "samples/dapr-page", "server", "components");
            data.Add(target, "mcpresource", "samples/dapr-page", "resource", "components");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Check_FindsNoError_AndEveryWarningIsExplainedWhereItStands(string target, string appId, string root, string name, string resources)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, root, name);
        var options = new SidecarOptions { AppId = appId, ConfigPaths = [Path.Combine(folder, "config.yaml")], ResourcesPaths = [Path.Combine(folder, resources)] };

        var findings = new ResourceCheck(options, Enum.Parse<PreflightTarget>(target, ignoreCase: true), variable => variable.StartsWith("MCP_", StringComparison.Ordinal) ? "set" : null).Run();

        Assert.Empty(findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.Message));
        Assert.All(findings, finding => Assert.Contains(
            File.ReadLines(finding.Position.File),
            line => line.Contains('#', StringComparison.Ordinal) && line[line.IndexOf('#', StringComparison.Ordinal)..].Contains(finding.Rule.Id, StringComparison.Ordinal)));
    }
}
