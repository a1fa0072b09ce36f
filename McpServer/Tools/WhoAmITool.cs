using System.ComponentModel;
using System.Globalization;
using McpAspire.McpAuthorization;
using McpAspire.McpServer.Tenancy;
using ModelContextProtocol.Server;

namespace McpAspire.McpServer.Tools;

/// <summary>Tells a client for whom it speaks: behind a sidecar it never sees the token.</summary>
[McpServerToolType]
internal sealed class WhoAmITool(Caller caller)
{
    [McpServerTool(Name = "whoami", Title = "Who am I", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [AllowAnyScope]
    [Description("Says who is signed in: user, tenant, client, granted scopes and when the token expires.")]
    public Identity WhoAmI()
    {
        var token = caller.Principal;
        return new Identity(
            caller.Name,
            token.FindFirst("name")?.Value,
            caller.Subject,
            caller.Tenant,
            token.FindFirst("azp")?.Value,
            [.. (token.FindFirst("scope")?.Value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)],
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(token.FindFirst("exp")!.Value, CultureInfo.InvariantCulture)));
    }

    internal sealed record Identity(
        [property: Description("User name, or the id of a service account")] string User,
        [property: Description("Full name, when the token has one")] string? Name,
        [property: Description("Unchanging id of the user at the identity provider")] string Subject,
        [property: Description("The tenant whose tickets are visible")] string Tenant,
        [property: Description("The OAuth client that acts for the user")] string? Client,
        [property: Description("Granted OAuth scopes")] IReadOnlyList<string> Scopes,
        [property: Description("When the access token expires")] DateTimeOffset ExpiresAt);
}
