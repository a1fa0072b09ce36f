using System.Net;
using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>The scopes that an app's 403 <c>insufficient_scope</c> asks for.</summary>
internal static partial class ScopeChallenge
{
    public static IReadOnlyList<string> Of(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.Forbidden || !response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values))
        {
            return [];
        }

        foreach (var value in values)
        {
            if (Error().IsMatch(value) && Scope().Match(value) is { Success: true } match)
            {
                return match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        return [];
    }

    [GeneratedRegex("^Bearer\\b.*\\berror=\"?insufficient_scope\"?", RegexOptions.IgnoreCase)]
    private static partial Regex Error();

    [GeneratedRegex("\\bscope=\"([\\x21\\x23-\\x5B\\x5D-\\x7E ]{1,2000})\"", RegexOptions.IgnoreCase)]
    private static partial Regex Scope();
}
