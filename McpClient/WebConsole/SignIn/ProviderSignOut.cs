using Microsoft.AspNetCore.WebUtilities;

namespace McpAspire.Client.WebConsole.SignIn;

/// <summary>The provider's end of session: without it the next sign-in would need no password.</summary>
internal static class ProviderSignOut
{
    /// <summary>Where the browser ends its session, or null when the provider is not known.</summary>
    public static string? Address(ConsoleOptions options, HttpRequest request)
        => options.Issuer is null
            ? null
            : QueryHelpers.AddQueryString($"{options.Issuer}/protocol/openid-connect/logout", new Dictionary<string, string?>
            {
                ["client_id"] = options.ClientId,
                ["post_logout_redirect_uri"] = $"{request.Scheme}://{request.Host}{SignInEndpoints.SignedOutPath}",
            });
}
