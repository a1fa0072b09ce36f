using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization.Http;

/// <summary>
/// Refuses pages of other sites. The specification demands it and the SDK leaves it to the application;
/// the Host header does not help behind a proxy that replaces it.
/// </summary>
internal sealed class OriginPolicy(IOptions<McpAuthorizationOptions> options)
{
    private readonly string _own = new Uri(options.Value.Resource).GetLeftPart(UriPartial.Authority);

    public bool Allows(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        return origins.Count switch
        {
            0 => true,
            1 => string.Equals(origins[0], _own, StringComparison.OrdinalIgnoreCase) || options.Value.AllowedOrigins.Contains(origins[0]!),
            _ => false,
        };
    }
}
