using System.ComponentModel;
using System.Security.Claims;
using ModelContextProtocol.Server;

namespace DaprPage.Server;

[McpServerToolType]
internal sealed class CallerTools
{
    [McpServerTool(Name = "whoami", ReadOnly = true)]
    [Description("Says who calls, and what the token allows.")]
    public static string WhoAmI(ClaimsPrincipal caller)
        => $"You are {caller.FindFirstValue("preferred_username")}, and may: {caller.FindFirstValue("scope")}";
}
