namespace McpAspire.Sidecar.Resources;

/// <summary>The <c>baseUrl</c> of an HTTPEndpoint. It may hold a password, which no message repeats.</summary>
internal static class HttpEndpointUrl
{
    public static Uri Read(YamlMap spec)
    {
        var text = spec.Required("baseUrl");
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? url
            : throw new ResourceException(spec.PositionOf("baseUrl"), $"'spec.baseUrl' is '{Masked(text, Start(text), text.Length)}'; allowed is an absolute http or https URL.") { Rule = ProblemRules.EndpointUrl };
    }

    /// <summary>As Go's client names a URL: <c>***</c> in place of the password, and of a name without one, which may be a token.</summary>
    public static string WithoutPassword(string url)
    {
        var start = Start(url);
        var length = url.AsSpan(start).IndexOfAny("/?#");
        return Masked(url, start, length < 0 ? url.Length : start + length);
    }

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
