using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization.Policies;

/// <summary>Says at start what every tool demands, and which tools will be refused because nothing names their policy.</summary>
internal sealed partial class ToolPolicyReport(
    ToolCatalog catalog,
    IOptions<McpAuthorizationOptions> options,
    ILogger<ToolPolicyReport> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var tool in catalog.ServerTools)
        {
            Report(tool.ProtocolTool.Name, catalog.PolicyOf(tool));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report(string tool, ToolPolicy? policy)
    {
        if (policy is null)
        {
            LogNoPolicy(logger, tool);
            return;
        }

        if (policy.RequiredScopes.FirstOrDefault(scope => !options.Value.Scopes.Contains(scope)) is { } unknown)
        {
            var declared = string.Join(", ", options.Value.Scopes.Declared);
            throw new OptionsValidationException(Options.DefaultName, typeof(McpAuthorizationOptions),
                [$"The tool '{tool}' demands the scope '{unknown}', which nobody can be granted; declared are: {declared}."]);
        }

        LogPolicy(logger, tool, policy.RequiredScopes.Count == 0 ? "any valid token" : string.Join(' ', policy.RequiredScopes));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tool {Tool} demands {Scopes}.")]
    private static partial void LogPolicy(ILogger logger, string tool, string scopes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} has no policy, or two that contradict each other, and every call of it is refused: add [RequiresScope(…)] or [AllowAnyScope].")]
    private static partial void LogNoPolicy(ILogger logger, string tool);
}
