using System.Text.RegularExpressions;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>
/// Keycloak's rules for redirect URIs: exact, or a trailing <c>*</c> as a prefix of everything before the query.
/// On <c>http://localhost</c> and <c>http://127.0.0.1</c> registered without a port any port will do (RFC 8252, 7.3).
/// </summary>
internal static partial class RedirectUris
{
    private static readonly HashSet<string> ResponseParameters =
        ["code", "state", "session_state", "iss", "error", "error_description", "access_token", "id_token", "response"];

    /// <summary>The URI to use, or null when it is not the client's.</summary>
    public static string? Resolve(Client client, string? requested)
    {
        if (requested is null)
        {
            // Without the parameter only a single, complete URI is unambiguous.
            return client.RedirectUris is [var only] && !only.EndsWith('*') ? only : null;
        }

        return Matches(client.RedirectUris, requested) && !HasResponseParameter(requested) ? requested : null;
    }

    public static string? ResolvePostLogout(Client client, string requested)
    {
        var configured = client.Attribute("post.logout.redirect.uris")?.Split("##") ?? [];
        var registered = configured.Where(uri => uri is not "+" and not "-").Concat(configured.Contains("+") ? client.RedirectUris : []);
        return Matches([.. registered], requested) ? requested : null;
    }

    public static bool Matches(IReadOnlyList<string> registered, string requested)
    {
        // Only visible ASCII: the URI becomes a header.
        if (requested.AsSpan().ContainsAnyExceptInRange('!', '~') || Shape().Match(requested) is not { Success: true } parts || parts.Groups["authority"].Value.Contains('@') || Climbs(parts.Groups["path"].Value))
        {
            return false;
        }

        if (registered.Any(pattern => Matches(pattern, requested)))
        {
            return true;
        }

        var authority = parts.Groups["authority"].Value;
        var colon = authority.IndexOf(':');
        if (parts.Groups["scheme"].Value != "http" || colon < 0 || authority[..colon] is not ("localhost" or "127.0.0.1"))
        {
            return false;
        }

        var withoutPort = string.Concat("http://", authority.AsSpan(0, colon), requested.AsSpan("http://".Length + authority.Length));
        return registered.Any(pattern => Matches(pattern, withoutPort));
    }

    private static bool Matches(string pattern, string requested)
    {
        if (pattern == requested)
        {
            return true;
        }

        if (!pattern.EndsWith('*') || pattern.Contains('?'))
        {
            return false;
        }

        var end = requested.AsSpan().IndexOfAny('?', '#');
        var bare = end < 0 ? requested : requested[..end];
        var prefix = pattern[..^1];
        return bare.StartsWith(prefix, StringComparison.Ordinal) || (prefix.EndsWith('/') && bare == prefix[..^1]);
    }

    /// <summary>Dot segments, however often they are encoded, leave the registered path.</summary>
    private static bool Climbs(string path)
    {
        for (var i = 0; i < 5; i++)
        {
            if (path.Split('/', '\\').Any(segment => segment is ".." or "."))
            {
                return true;
            }

            var decoded = Uri.UnescapeDataString(path);
            if (decoded == path)
            {
                return false;
            }

            path = decoded;
        }

        return true;
    }

    private static bool HasResponseParameter(string uri)
    {
        var query = uri.IndexOf('?');
        if (query < 0)
        {
            return false;
        }

        var fragment = uri.IndexOf('#', query);
        return uri[(query + 1)..(fragment < 0 ? uri.Length : fragment)].Split('&')
            .Any(pair => ResponseParameters.Contains(Uri.UnescapeDataString(pair.Split('=')[0])));
    }

    [GeneratedRegex(@"^(?<scheme>[a-z][a-z0-9+.\-]*)://(?<authority>[^/?#\s\\]*)(?<path>/[^?#\s\\]*)?(\?[^#\s\\]*)?(#[^\s\\]*)?\z")]
    private static partial Regex Shape();
}
