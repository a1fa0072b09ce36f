using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace McpAspire.Sidecar.Middleware.OAuth2;

/// <summary>The cookie <c>gosessionsid</c>: Dapr's name, so that a console works with either sidecar.</summary>
internal static class SessionCookie
{
    public const string Name = "gosessionsid";

    private const string Prefix = Name + "=";

    /// <summary>Every value of the cookie: another sidecar on this host may have set one too.</summary>
    public static IEnumerable<string> Values(StringValues headers)
    {
        foreach (var header in headers)
        {
            if (header is null || !header.Contains(Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var pair in header.Split(';', StringSplitOptions.TrimEntries))
            {
                if (pair.StartsWith(Prefix, StringComparison.Ordinal))
                {
                    yield return pair[Prefix.Length..];
                }
            }
        }
    }

    /// <summary>Takes the cookie off the request: it is between the browser and this sidecar, the app has no business with it.</summary>
    public static void Strip(IHeaderDictionary headers)
    {
        var cookies = headers.Cookie;
        if (!cookies.Any(header => header?.Contains(Prefix, StringComparison.Ordinal) == true))
        {
            return;
        }

        var kept = cookies
            .Select(header => string.Join("; ", (header ?? string.Empty)
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(pair => !pair.StartsWith(Prefix, StringComparison.Ordinal))))
            .Where(header => header.Length > 0)
            .ToArray();
        headers.Cookie = kept.Length == 0 ? StringValues.Empty : kept;
    }

    public static void Set(HttpContext http, string id, DateTimeOffset expires, bool secure)
        => http.Response.Headers.Append(
            "Set-Cookie",
            $"{Prefix}{id}; Path=/; Expires={expires.ToString("R", CultureInfo.InvariantCulture)}; HttpOnly; SameSite=Lax{(secure ? "; Secure" : string.Empty)}");
}
