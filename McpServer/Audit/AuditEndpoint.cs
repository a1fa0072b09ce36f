using System.Security.Claims;
using McpAspire.McpServer.Authentication;
using McpAspire.McpServer.Configuration;
using McpAspire.McpServer.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace McpAspire.McpServer.Audit;

/// <summary>
/// The audit trail as a page. The sidecar signs people in and adds their token; a browser that comes to this address
/// itself is sent there.
/// </summary>
internal static class AuditEndpoint
{
    public const string Path = "/audit";

    public static void MapAuditPage(this WebApplication app) => app.MapGet(Path, AnswerAsync).AllowAnonymous();

    private static async Task<IResult> AnswerAsync(
        HttpContext context, AuditQuery query, Caller caller, IOptions<McpServerSettings> settings, CancellationToken cancellationToken, int page = 1, bool refused = false)
    {
        AuditResponse.Harden(context.Response);
        if (context.Request.Headers.Authorization.Count == 0)
        {
            return AuditLogin.Start(context, settings.Value.AuditLoginUrl);
        }

        var authentication = await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        if (authentication.Principal is not { } person)
        {
            return AuditResponse.Page(AuditHtml.Message("Your sign-in has ended", "Open this page again to sign in."), StatusCodes.Status401Unauthorized);
        }

        if (!MayRead(person))
        {
            return AuditResponse.Page(
                AuditHtml.Message("You may not read the audit trail", $"It needs the role “{RealmRoles.Auditor}” and a tenant. Ask the administrators of your tenant."),
                StatusCodes.Status403Forbidden);
        }

        caller.Bind(person);
        var entries = await query.ReadAsync(Math.Clamp(page, 1, AuditQuery.LastPage), refused, cancellationToken);
        return AuditResponse.Page(AuditHtml.Table(entries, caller.Tenant, caller.Name), StatusCodes.Status200OK);
    }

    private static bool MayRead(ClaimsPrincipal person)
        => person.IsInRole(RealmRoles.Auditor) && !string.IsNullOrEmpty(person.FindFirst(Caller.TenantClaim)?.Value);
}
