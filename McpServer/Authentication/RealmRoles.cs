using System.Security.Claims;
using System.Text.Json;

namespace McpAspire.McpServer.Authentication;

/// <summary>Keycloak writes realm roles as JSON into <c>realm_access</c>; a principal needs one claim a role.</summary>
internal static class RealmRoles
{
    public const string ClaimType = "realm_role";
    public const string Auditor = "auditor";

    public static void AddTo(ClaimsIdentity identity)
    {
        if (identity.FindFirst("realm_access")?.Value is not { } json)
        {
            return;
        }

        identity.AddClaims(Read(json).Select(role => new Claim(ClaimType, role)));
    }

    private static string[] Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<RealmAccess>(json, JsonSerializerOptions.Web)?.Roles ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private sealed record RealmAccess(string[]? Roles);
}
