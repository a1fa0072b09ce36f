using System.Diagnostics;
using System.Diagnostics.Metrics;
using McpAspire.McpAuthorization.Auditing;
using McpAspire.McpAuthorization.Policies;

namespace McpAspire.McpAuthorization.Telemetry;

/// <summary>Counts decisions, challenges and refused requests. Tools that do not exist share one value.</summary>
internal sealed class McpAuthorizationMetrics
{
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _challenges;
    private readonly Counter<long> _requestsRefused;
    private readonly Histogram<double> _duration;

    public McpAuthorizationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(McpAuthorizationTelemetry.MeterName);
        _decisions = meter.CreateCounter<long>("mcp.authorization.decisions", "{call}", "Tool calls allowed and refused.");
        _challenges = meter.CreateCounter<long>("mcp.authorization.challenges", "{request}", "Requests answered with 401.");
        _requestsRefused = meter.CreateCounter<long>("mcp.authorization.requests.refused", "{request}", "Requests refused before a tool was looked at.");
        _duration = meter.CreateHistogram<double>("mcp.tool.call.duration", "s", "Duration of allowed tool calls.");
    }

    public void Decided(ToolCallAudit call) => _decisions.Add(1, new TagList
    {
        { "gen_ai.tool.name", ToolTag(call) },
        { "decision", call.Allowed ? "allowed" : "refused" },
        { "reason", call.Reason ?? "none" },
    });

    public void Completed(ToolCallAudit call, ToolCallOutcome outcome, TimeSpan duration)
        => _duration.Record(duration.TotalSeconds, new TagList
        {
            { "gen_ai.tool.name", ToolTag(call) },
            { "outcome", outcome.ToString().ToLowerInvariant() },
        });

    public void Challenged(bool tokenPresented)
        => _challenges.Add(1, new KeyValuePair<string, object?>("reason", tokenPresented ? "invalid_token" : "no_token"));

    public void RequestRefused(string reason) => _requestsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private static string ToolTag(ToolCallAudit call)
        => call.Tool is null || call.Reason is RefusalReasons.UnknownTool or RefusalReasons.Malformed or RefusalReasons.NoPolicy
            ? "(other)"
            : call.Tool;
}
