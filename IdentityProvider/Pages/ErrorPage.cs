using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;

namespace McpAspire.IdentityProvider.Pages;

/// <summary>Something that cannot go on and cannot go back to a client.</summary>
internal static class ErrorPage
{
    public static Task WriteAsync(HttpContext context, RealmRuntime realm, string message, bool noStore = false, string? cache = null)
        => Layout.WriteAsync(
            context, realm, Layout.SignInTitle(realm), "We are sorry...",
            $"""<p class="alert error" id="kc-error-message" role="alert">{Layout.Encode(message)}</p>""",
            StatusCodes.Status400BadRequest,
            noStore ? Answers.NoStorePage : cache);
}
