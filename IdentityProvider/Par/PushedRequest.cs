using System.Diagnostics.CodeAnalysis;

namespace McpAspire.IdentityProvider.Par;

/// <summary>An authorization request that its client brought here first (RFC 9126).</summary>
internal sealed record PushedRequest(string ClientId, IReadOnlyDictionary<string, string> Parameters)
{
    public const string Prefix = "urn:ietf:params:oauth:request_uri:";

    public static bool IsPushed([NotNullWhen(true)] string? requestUri) => requestUri?.StartsWith(Prefix, StringComparison.Ordinal) == true;
}
