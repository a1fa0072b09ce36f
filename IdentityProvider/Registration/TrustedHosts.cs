using System.Net;
using McpAspire.IdentityProvider.Endpoints;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace McpAspire.IdentityProvider.Registration;

/// <summary>Keycloak's policy for callers without a token: only from known hosts, only with their addresses.</summary>
internal static class TrustedHosts
{
    public static void CheckCaller(RegistrationPolicy policy, IPAddress? caller)
    {
        if (policy is { TrustedHosts: { } hosts, HostMustMatch: true } && (caller is null || !hosts.Any(host => Resolves(host, caller))))
        {
            throw Rejected("Trusted Hosts", "Host not trusted.");
        }
    }

    public static void CheckUris(RegistrationPolicy policy, ClientMetadata metadata)
    {
        if (policy is not { TrustedHosts: { } hosts, UrisMustMatch: true })
        {
            return;
        }

        foreach (var uri in metadata.RedirectUris.Concat(metadata.OtherUris))
        {
            if (!Uri.TryCreate(uri.TrimEnd('*'), UriKind.Absolute, out var parsed) || !hosts.Any(host => Matches(host, parsed.Host)))
            {
                throw Rejected("Trusted Hosts", "URI doesn't match any trusted host or trusted domain");
            }
        }
    }

    /// <summary>A host as it stands, or a domain as <c>*.example</c>.</summary>
    public static bool Matches(string pattern, string host)
        => pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : pattern.Equals(host, StringComparison.OrdinalIgnoreCase);

    public static OAuthException Rejected(string policy, string details)
        => new(403, Errors.InsufficientScope, $"Policy '{policy}' rejected request to client-registration service. Details: {details}");

    private static bool Resolves(string host, IPAddress caller)
    {
        var address = caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller;
        if (IPAddress.TryParse(host, out var literal))
        {
            return literal.Equals(address);
        }

        // This provider listens on loopback only, so that is the one name that can call it.
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && IPAddress.IsLoopback(address);
    }
}
