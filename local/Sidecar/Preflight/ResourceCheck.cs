using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Grpc;
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
    public IReadOnlyList<Finding> Run()
    {
        var findings = new List<Finding>();
        var resources = ResourceLoader.Load(options, problem => findings.Add(Of(problem)));
        findings.AddRange(resources.Warnings.Select(warning => Of(Rules.NoEffect, warning)));
        findings.AddRange(PipelineBuilder.Problems(resources, options.AppId).Select(Of));
        var warnings = new List<string>();
        var factory = new RuntimeFactory(options, new HandlerFactory(HttpClients.ForBackchannel(), new SessionStores(TimeProvider.System), TimeProvider.System, NullLoggerFactory.Instance), environment, TimeProvider.System, NullLoggerFactory.Instance, new RuntimeClients(options, new AppChannel(options)));
        findings.AddRange(factory.Problems(resources, warnings).Select(Of));
        findings.AddRange(warnings.Select(warning => Of(Rules.UnknownKey, warning)));
        findings.AddRange(UnloadedFiles.Find(options.ResourcesPaths));
        findings.AddRange(PreflightRules.ForBoth(resources, factory.Sockets(), options));
        findings.AddRange(PreflightRules.ForDaprd(resources, options.ConfigPaths));
        return
        [
            .. findings
                .Where(finding => finding.Rule.Concerns(target))
                .DistinctBy(finding => (finding.Position, finding.Message))
                .OrderByDescending(finding => finding.Severity)
                .ThenBy(finding => finding.Position.File, StringComparer.Ordinal)
                .ThenBy(finding => finding.Position.Line),
        ];
    }

    private static Finding Of(ResourceException problem)
        => new(Rules.Named(problem.Rule), problem.Position, problem.Message[(problem.Position.ToString().Length + 2)..]);

    /// <summary>A warning as the log has it: <c>file:line: sentence</c>.</summary>
    private static Finding Of(Rule rule, string warning)
    {
        var end = warning.IndexOf(": ", StringComparison.Ordinal);
        var colon = end < 0 ? -1 : warning.LastIndexOf(':', end - 1);
        var position = colon > 0 && int.TryParse(warning.AsSpan(colon + 1, end - colon - 1), out var line)
            ? new Position(warning[..colon], line)
            : new Position(warning[..Math.Max(end, 0)], 0);
        return new Finding(rule, position, warning[(end < 0 ? 0 : end + 2)..]);
    }
}
