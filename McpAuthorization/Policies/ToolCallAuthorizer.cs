using System.Security.Claims;
using McpAspire.McpAuthorization.Scopes;
using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization.Policies;

/// <summary>The one place where a call is allowed or refused; the middleware and the gate in the server both ask it.</summary>
internal sealed class ToolCallAuthorizer(IOptions<McpAuthorizationOptions> options)
{
    /// <summary>Decides for a tool with this policy; null is a tool that nothing names.</summary>
    public ToolCallVerdict Authorize(ClaimsPrincipal? caller, string tool, ToolPolicy? policy)
    {
        if (RefuseCaller(caller) is { } refused)
        {
            return refused;
        }

        if (policy is null)
        {
            return ToolCallVerdict.Refuse(RefusalReasons.NoPolicy, $"The tool '{tool}' is not open to anybody: no policy names it.");
        }

        var held = options.Value.Scopes.Expand(Granted(caller));
        return policy.RequiredScopes.All(held.Contains)
            ? ToolCallVerdict.Allow(policy.RequiredScopes)
            : ToolCallVerdict.Refuse(
                RefusalReasons.InsufficientScope,
                $"The tool '{tool}' needs the scope {string.Join(' ', policy.RequiredScopes)}.",
                policy.RequiredScopes);
    }

    /// <summary>What is demanded of everybody, whatever the request: null when it is there.</summary>
    public ToolCallVerdict? RefuseCaller(ClaimsPrincipal? caller)
    {
        if (caller?.Identity?.IsAuthenticated != true)
        {
            return ToolCallVerdict.Refuse(RefusalReasons.NotAuthenticated, "A valid access token is needed.");
        }

        return MissingClaim(caller) is { } claim
            ? ToolCallVerdict.Refuse(RefusalReasons.MissingClaim, $"The access token has no '{claim}' claim.")
            : null;
    }

    public IReadOnlyList<string> Granted(ClaimsPrincipal? caller) => GrantedScopes.Of(caller, options.Value.ScopeClaimType);

    private string? MissingClaim(ClaimsPrincipal caller)
        => options.Value.RequiredClaims.FirstOrDefault(type => string.IsNullOrWhiteSpace(caller.FindFirst(type)?.Value));
}
