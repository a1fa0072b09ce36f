namespace McpAspire.Client.Sidecar;

/// <summary>The sidecar's login session. Its name is fixed by Dapr's oauth2 middleware.</summary>
internal static class SessionCookie
{
    public const string Name = "gosessionsid";

    /// <summary>
    /// The value of the cookie, if the answer sets it. The attributes are not looked at:
    /// daprd often sends <c>Max-Age=0</c> for a session that lives for two hours.
    /// </summary>
    public static string? ReadFrom(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var lines))
        {
            return null;
        }

        foreach (var line in lines)
        {
            var pair = line.AsSpan();
            var end = pair.IndexOf(';');
            pair = end < 0 ? pair : pair[..end];
            var equals = pair.IndexOf('=');
            if (equals > 0 && pair[..equals].Trim() is Name && pair[(equals + 1)..].Trim() is { Length: > 0 } value)
            {
                return value.ToString();
            }
        }

        return null;
    }
}
