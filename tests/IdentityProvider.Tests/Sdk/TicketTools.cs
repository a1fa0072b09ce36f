using System.ComponentModel;
using System.Security.Claims;
using McpAspire.McpAuthorization;
using ModelContextProtocol.Server;

namespace McpAspire.IdentityProvider.Tests.Sdk;

/// <summary>Two tools that say who called: one for readers, one that needs more.</summary>
[McpServerToolType]
internal sealed class TicketTools
{
    [McpServerTool(Name = "read_ticket"), RequiresScope("tickets:read"), Description("Reads")]
    public static string Read(ClaimsPrincipal user) => $"read by {Describe(user)}";

    [McpServerTool(Name = "write_ticket"), RequiresScope("tickets:write"), Description("Writes")]
    public static string Write(ClaimsPrincipal user) => $"written by {Describe(user)}";

    private static string Describe(ClaimsPrincipal user) => $"{user.FindFirst("preferred_username")?.Value} of {user.FindFirst("tenant")?.Value}";
}
