using McpAspire.Sidecar.CommandLine;

namespace McpAspire.Sidecar.Preflight;

/// <summary><c>Sidecar check</c>: exit 0 without errors, 1 with, 2 for a wrong command line.</summary>
internal static class PreflightCommand
{
    public static int Run(ParsedArguments arguments, Func<string, string?> environment, TextWriter output)
    {
        if (arguments.Switch("help"))
        {
            output.WriteLine(Usage.Text(asDaprRun: false));
            return 0;
        }

        var target = (arguments.Text("target") ?? "embedded") switch
        {
            "embedded" => PreflightTarget.Embedded,
            "daprd" => PreflightTarget.Daprd,
            var other => throw new CommandLineException($"The value '{other}' of --target is not known; allowed are daprd and embedded.", 2),
        };
        Func<IReadOnlyList<Finding>, string> report = (arguments.Text("output") ?? "text") switch
        {
            "text" => PreflightReport.AsText,
            "json" => PreflightReport.AsJson,
            "sarif" => PreflightReport.AsSarif,
            var other => throw new CommandLineException($"The value '{other}' of --output is not known; allowed are text, json and sarif.", 2),
        };
        if (arguments.Strays is [var stray, ..])
        {
            throw new CommandLineException($"The argument '{stray}' is no flag of check; folders are given to --resources-path, files to --config.", CommandLineException.WrongUsage);
        }

        var options = new SidecarOptions
        {
            AppId = arguments.Text("app-id") is { Length: > 0 } id ? id : "app",
            ConfigPaths = arguments.List("config"),
            ResourcesPaths = [.. arguments.List("resources-path"), .. arguments.List("components-path")],
            AnyAppId = !arguments.Has("app-id"),
        };
        if (options.ConfigPaths.Count + options.ResourcesPaths.Count == 0)
        {
            throw new CommandLineException("There is nothing to check: give a folder to --resources-path, a file to --config, or both.", CommandLineException.WrongUsage);
        }

        var findings = new ResourceCheck(options, target, environment).Run();
        output.WriteLine(report(findings));
        return findings.Any(finding => finding.Severity == Severity.Error) ? 1 : 0;
    }
}
