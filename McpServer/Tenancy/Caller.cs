using System.Security.Claims;

namespace McpAspire.McpServer.Tenancy;

/// <summary>
/// The person or service behind the current request, one instance a scope. Until it is bound, nothing that belongs to a
/// tenant can be read or written.
/// </summary>
internal sealed class Caller
{
    public const string TenantClaim = "tenant";

    private ClaimsPrincipal? _principal;

    public ClaimsPrincipal Principal => _principal ?? throw new NoTenantException();

    public string Tenant => Value(TenantClaim) ?? throw new NoTenantException();

    public string Subject => Value("sub") ?? throw new NoTenantException();

    public string Name => Value("preferred_username") ?? Subject;

    public void Bind(ClaimsPrincipal principal)
    {
        if (_principal is not null && !ReferenceEquals(_principal, principal))
        {
            throw new InvalidOperationException("A scope belongs to one caller.");
        }

        _principal = principal;
    }

    private string? Value(string type) => Principal.FindFirst(type)?.Value is { Length: > 0 } value ? value : null;
}
