using System.Diagnostics;
using McpAspire.McpAuthorization.Auditing;

namespace McpAspire.McpAuthorization.Telemetry;

/// <summary>Names to subscribe to, and the attributes that a decision leaves on the current span.</summary>
public static class McpAuthorizationTelemetry
{
    /// <summary>The meter with decisions, challenges, refused requests and the duration of calls.</summary>
    public const string MeterName = "McpAspire.Authorization";

    internal static void Describe(this Activity activity, ToolCallAudit call)
    {
        activity.SetTag("gen_ai.tool.name", call.Tool);
        activity.SetTag("enduser.id", call.Subject);
        activity.SetTag("tenant.id", call.Tenant);
        activity.SetTag("oauth.client_id", call.Client);
        activity.SetTag("mcp.authorization.decision", call.Allowed ? "allowed" : "refused");
        activity.SetTag("mcp.authorization.reason", call.Reason);
        activity.SetTag("mcp.authorization.required_scope", string.Join(' ', call.RequiredScopes));
    }
}
