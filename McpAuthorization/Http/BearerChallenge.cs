using Microsoft.Extensions.Options;

namespace McpAspire.McpAuthorization.Http;

/// <summary>Writes <c>WWW-Authenticate</c> values as RFC 6750 and RFC 9728 define them.</summary>
internal sealed class BearerChallenge(IOptions<McpAuthorizationOptions> options)
{
    /// <summary>The metadata document stands where the resource is, whatever host the request came by.</summary>
    public const string MetadataPath = "/.well-known/oauth-protected-resource";

    private readonly Uri _resource = new(options.Value.Resource);

    public string ResourcePath => _resource.AbsolutePath.TrimEnd('/');

    public string Unauthorized(bool tokenPresented)
    {
        var scopes = Quotable(options.Value.ChallengeScopes);
        return $"Bearer resource_metadata=\"{MetadataUrl}\""
            + (scopes.Length == 0 ? "" : $", scope=\"{scopes}\"")
            + (tokenPresented ? ", error=\"invalid_token\", error_description=\"The access token is expired or not valid for this server\"" : "");
    }

    /// <summary>Lists granted and required scopes, so that a client which asks for exactly these loses nothing it had.</summary>
    public string InsufficientScope(IReadOnlyList<string> granted, IReadOnlyList<string> required)
        => $"Bearer error=\"insufficient_scope\", scope=\"{Quotable(granted.Union(required, StringComparer.Ordinal))}\", resource_metadata=\"{MetadataUrl}\", error_description=\"The tool needs more scope\"";

    private string MetadataUrl => $"{_resource.GetLeftPart(UriPartial.Authority)}{MetadataPath}{ResourcePath}";

    // offline_access is never asked for by a challenge; commas and quotes break the parsers of clients.
    private static string Quotable(IEnumerable<string> scopes)
        => string.Join(' ', scopes.Where(scope => scope != "offline_access" && scope.All(c => c is > ' ' and <= '~' and not ('"' or '\\' or ','))));
}
