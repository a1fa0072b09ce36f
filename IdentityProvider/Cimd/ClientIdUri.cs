using McpAspire.IdentityProvider.Authorize;

namespace McpAspire.IdentityProvider.Cimd;

/// <summary>Checks a URL that wants to be a client id.</summary>
internal static class ClientIdUri
{
    public static void Check(string clientId, Uri uri, CimdPolicy policy)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && !(policy.AllowHttp && uri.Scheme == Uri.UriSchemeHttp))
        {
            throw Invalid("invalid scheme");
        }

        if (clientId.Contains('#'))
        {
            throw Invalid("fragment included");
        }

        if (uri.UserInfo.Length > 0 || clientId.Contains('@'))
        {
            throw Invalid("userinfo included");
        }

        if (clientId.Contains('?'))
        {
            throw Invalid("query included");
        }

        CheckPath(clientId[(clientId.IndexOf("://", StringComparison.Ordinal) + 3)..]);
        if (!policy.Permits(uri.Host))
        {
            throw DomainNotAllowed();
        }
    }

    public static PageException DomainNotAllowed() => Invalid("domain not allowed");

    private static void CheckPath(string rest)
    {
        var slash = rest.IndexOf('/');
        if (slash < 0)
        {
            throw Invalid("empty path");
        }

        // As it was sent: a parser would have resolved the segments already.
        if (Uri.UnescapeDataString(rest[slash..]).Split('/', '\\').Any(segment => segment is "." or ".."))
        {
            throw Invalid("path traverse segment included");
        }
    }

    private static PageException Invalid(string what) => new($"Invalid Client ID: {what}.");
}
