using System.Diagnostics;
using System.Security.Claims;
using McpAspire.McpAuthorization.Policies;
using McpAspire.McpAuthorization.Telemetry;
using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization.Auditing;

/// <summary>Turns a verdict into an audit record and hands it to every auditor, to the metrics and to the current span.</summary>
internal sealed class ToolCallAuditTrail(
    IEnumerable<IToolCallAuditor> auditors,
    ToolCallAuthorizer authorizer,
    McpAuthorizationMetrics metrics,
    IOptions<McpAuthorizationOptions> options,
    TimeProvider time)
{
    private const int LongestToolName = 128;
    private readonly IToolCallAuditor[] _auditors = [.. auditors];

    public async ValueTask<ToolCallAudit> RecordAsync(
        ClaimsPrincipal? caller, string? tool, ToolCallVerdict verdict, CancellationToken cancellationToken)
    {
        var call = Describe(caller, tool, verdict);
        metrics.Decided(call);
        Activity.Current?.Describe(call);

        // Who is refused cannot keep it out of the trail by hanging up.
        var token = verdict.Allowed ? cancellationToken : CancellationToken.None;
        foreach (var auditor in _auditors)
        {
            await auditor.RecordAsync(call, token);
        }

        return call;
    }

    public async ValueTask CompleteAsync(ToolCallAudit call, ToolCallOutcome outcome, long startTimestamp)
    {
        var duration = time.GetElapsedTime(startTimestamp);
        metrics.Completed(call, outcome, duration);
        foreach (var auditor in _auditors)
        {
            // A caller that went away does not take its outcome along.
            await auditor.CompleteAsync(call, outcome, duration, CancellationToken.None);
        }
    }

    public long Timestamp() => time.GetTimestamp();

    /// <summary>A name as a caller sent it, cut and without control characters: it must not forge a line of a log or a page.</summary>
    public static string? Printable(string? tool)
        => tool is null ? null : string.Concat(tool.Take(LongestToolName).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));

    private ToolCallAudit Describe(ClaimsPrincipal? caller, string? tool, ToolCallVerdict verdict) => new()
    {
        CallId = Guid.CreateVersion7(),
        Time = time.GetUtcNow(),
        Tool = Printable(tool),
        Allowed = verdict.Allowed,
        Reason = verdict.Reason,
        RequiredScopes = verdict.RequiredScopes,
        GrantedScopes = authorizer.Granted(caller),
        Subject = caller?.FindFirst("sub")?.Value,
        UserName = caller?.FindFirst(options.Value.NameClaimType)?.Value,
        Tenant = caller?.FindFirst(options.Value.TenantClaimType)?.Value,
        Client = caller?.FindFirst(options.Value.ClientClaimType)?.Value,
        TraceId = Activity.Current?.TraceId.ToHexString(),
    };
}
