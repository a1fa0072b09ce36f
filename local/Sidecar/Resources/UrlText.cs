using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Resources;

/// <summary>A URL in a message: without the password that it may hold.</summary>
internal static partial class UrlText
{
    /// <summary>As Go's client names a URL: <c>***</c> in place of the password, and of a name without one, which may be a token.</summary>
    public static string WithoutPassword(string url)
    {
        var start = Start(url);
        var length = url.AsSpan(start).IndexOfAny("/?#");
        return Masked(url, start, length < 0 ? url.Length : start + length);
    }

    /// <summary>The same for what is no URL, where nobody knows how far the name and the password go.</summary>
    public static string WithoutPasswordAnywhere(string text) => Masked(text, Start(text), text.Length);

    /// <summary>The same for every URL in a sentence.</summary>
    public static string WithoutUsers(string sentence) => User().Replace(sentence, "://***@");

    [GeneratedRegex(@"://[^/'\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    private static int Start(string url) => url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;

    private static string Masked(string url, int start, int end)
    {
        var at = url.AsSpan(start, end - start).LastIndexOf('@');
        if (at < 0)
        {
            return url;
        }

        var colon = url.AsSpan(start, at).IndexOf(':');
        return $"{url[..(start + colon + 1)]}***{url[(start + at)..]}";
    }
}
