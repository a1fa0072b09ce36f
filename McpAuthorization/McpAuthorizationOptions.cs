using McpAspire.McpAuthorization.Policies;
using McpAspire.McpAuthorization.Scopes;

namespace McpAspire.McpAuthorization;

/// <summary>What a protected MCP server demands of its callers, and what it tells them about itself.</summary>
public sealed class McpAuthorizationOptions
{
    /// <summary>The public URL of the MCP endpoint: the audience of its tokens and the <c>resource</c> of its metadata.</summary>
    public string Resource { get; set; } = "";

    /// <summary>A name for people, published in the resource metadata.</summary>
    public string? ResourceName { get; set; }

    /// <summary>Issuers of tokens for this resource; at least one.</summary>
    public IList<string> AuthorizationServers { get; } = [];

    /// <summary>The scopes of this resource and what includes what.</summary>
    public ScopeHierarchy Scopes { get; } = new();

    /// <summary>
    /// The scopes that a 401 asks for. Keep it minimal: without it, clients ask for every published scope,
    /// and nobody ever steps up.
    /// </summary>
    public IList<string> ChallengeScopes { get; } = [];

    /// <summary>
    /// Policies by tool name, for tools that carry no attribute (written by somebody else, or behind a gateway).
    /// An entry here wins over attributes.
    /// </summary>
    public IDictionary<string, ToolPolicy> ToolPolicies { get; } = new Dictionary<string, ToolPolicy>(StringComparer.Ordinal);

    /// <summary>
    /// Origins whose pages may call the endpoint, besides the resource's own; every other <c>Origin</c> is refused with 403.
    /// Requests without an <c>Origin</c> do not come from a page and pass.
    /// </summary>
    public ISet<string> AllowedOrigins { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Claims that every token must carry with a value. <c>sub</c> is among them: the SDK binds a session to it,
    /// and two callers without it would share one.
    /// </summary>
    public ISet<string> RequiredClaims { get; } = new HashSet<string>(StringComparer.Ordinal) { "sub" };

    /// <summary>The scheme that validates tokens.</summary>
    public string AuthenticationScheme { get; set; } = "Bearer";

    /// <summary>A larger request body is refused with 413.</summary>
    public long MaxRequestBodySize { get; set; } = 1024 * 1024;

    /// <summary>The claim with the granted scopes.</summary>
    public string ScopeClaimType { get; set; } = "scope";

    /// <summary>The claim with the caller's name, for the audit trail.</summary>
    public string NameClaimType { get; set; } = "preferred_username";

    /// <summary>The claim with the caller's tenant, for the audit trail and for traces.</summary>
    public string TenantClaimType { get; set; } = "tenant";

    /// <summary>The claim with the client that asked for the token, for the audit trail.</summary>
    public string ClientClaimType { get; set; } = "azp";
}
