using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Clients;

/// <summary>The origins from which a client's pages may call.</summary>
internal static class WebOrigins
{
    /// <summary>The list with <c>+</c> replaced by the origins of the redirect URIs.</summary>
    public static IReadOnlyList<string> Of(Client client)
    {
        if (!client.WebOrigins.Contains("+"))
        {
            return client.WebOrigins;
        }

        var fromRedirects = client.RedirectUris.Select(Origin).OfType<string>();
        return [.. client.WebOrigins.Where(origin => origin != "+").Concat(fromRedirects).Distinct()];
    }

    public static bool Allows(IReadOnlyList<string> origins, string origin) => origins.Contains(origin) || origins.Contains("*");

    private static string? Origin(string redirectUri)
        => Uri.TryCreate(redirectUri.TrimEnd('*'), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri.GetLeftPart(UriPartial.Authority)
            : null;
}
