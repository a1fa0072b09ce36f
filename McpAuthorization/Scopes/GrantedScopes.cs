using System.Security.Claims;

namespace McpAspire.McpAuthorization.Scopes;

/// <summary>Reads the scopes that a token grants, as RFC 9068 writes them: separated by spaces.</summary>
internal static class GrantedScopes
{
    public static IReadOnlyList<string> Of(ClaimsPrincipal? principal, string claimType)
        => principal is null
            ? []
            : [.. principal.FindAll(claimType)
                .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Distinct(StringComparer.Ordinal)];
}
