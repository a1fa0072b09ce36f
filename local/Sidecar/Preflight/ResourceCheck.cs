using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Hosting;
using McpAspire.Sidecar.Invocation;
using McpAspire.Sidecar.Middleware.OAuth2;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Resources;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpAspire.Sidecar.Preflight;

/// <summary>Looks at resources as a start would, and on: everything that is wrong, not the first thing only.</summary>
internal sealed class ResourceCheck(SidecarOptions options, PreflightTarget target, Func<string, string?> environment)
{
    private const string Load = "load";
    private const string LoadMend = "Mend the file; until then no sidecar of ours starts with it, and daprd may start without it.";

    public IReadOnlyList<Finding> Run()
    {
        var findings = new List<Finding>();
        var resources = ResourceLoader.Load(options, problem => findings.Add(Of(problem)));
        foreach (var warning in resources.Warnings)
        {
            findings.Add(new Finding(Severity.Warning, "no-effect", PositionOf(warning), warning[(warning.IndexOf(": ", StringComparison.Ordinal) + 2)..], "Take it away, or use what has an effect."));
        }

        findings.AddRange(PipelineBuilder.Problems(resources, options.AppId).Select(Of));
        var warnings = new List<string>();
        var factory = new RuntimeFactory(options, new HandlerFactory(HttpClients.ForBackchannel(), new SessionStores(TimeProvider.System), TimeProvider.System, NullLoggerFactory.Instance), environment, TimeProvider.System, NullLoggerFactory.Instance);
        findings.AddRange(factory.Problems(resources, warnings).Select(Of));
        findings.AddRange(warnings.Select(warning => new Finding(Severity.Warning, "unknown-key", PositionOf(warning), warning[(warning.IndexOf(": ", StringComparison.Ordinal) + 2)..], "Correct the name; it is ignored as it is.")));
        findings.AddRange(PreflightRules.ForBoth(resources));
        if (target == PreflightTarget.Daprd)
        {
            findings.AddRange(PreflightRules.ForDaprd(resources, options.ConfigPaths));
        }

        return [.. findings.DistinctBy(finding => (finding.Position, finding.Message)).OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Position.File, StringComparer.Ordinal).ThenBy(finding => finding.Position.Line)];
    }

    private static Finding Of(ResourceException problem)
        => new(Severity.Error, Load, problem.Position, problem.Message[(problem.Position.ToString().Length + 2)..], LoadMend);

    private static Position PositionOf(string text)
    {
        var end = text.IndexOf(": ", StringComparison.Ordinal);
        var colon = end < 0 ? -1 : text.LastIndexOf(':', end - 1);
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1, end - colon - 1), out var line) ? new Position(text[..colon], line) : new Position(text[..Math.Max(end, 0)], 0);
    }
}
