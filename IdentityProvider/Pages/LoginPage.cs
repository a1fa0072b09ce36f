using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Login;

namespace McpAspire.IdentityProvider.Pages;

/// <summary>Username and password.</summary>
internal static class LoginPage
{
    public static Task WriteAsync(HttpContext context, RealmRuntime realm, LoginTab tab, string? typed = null, string? error = null)
    {
        var action = Layout.Encode(LoginUrls.Form(realm, tab, tab.NextSessionCode()));
        var known = tab.ReauthenticateUserId is { } id ? realm.Model.FindUser(id) : null;
        var body = $"""
            {(known is null ? "" : Known(realm, tab, known.Username))}{Message(tab, known is not null && error is null)}<form id="kc-form-login" method="post" action="{action}">
            {(known is null ? Username(typed ?? tab.Request.LoginHint, error) : "")}
            <label for="password">Password</label>
            <input type="password" id="password" name="password" value="" autocomplete="current-password" aria-invalid="{(known is not null && error is not null ? "true" : "")}" required{(known is null ? "" : " autofocus")}>
            {(known is null || error is null ? "" : $"""<span class="error" id="input-error-container-password" role="alert">{Layout.Encode(error)}</span>""")}
            <input type="hidden" id="id-hidden-input" name="credentialId">
            <button type="submit" name="login" id="kc-login">Sign In</button>
            </form>
            """;
        return Layout.WriteAsync(context, realm, Layout.SignInTitle(realm), "Sign in to your account", body, cache: Answers.NoStorePage);
    }

    private static string Username(string? value, string? error) => $"""
        <label for="username">Username or email</label>
        <input type="text" id="username" name="username" value="{Layout.Encode(value)}" autocomplete="username" autocapitalize="none" spellcheck="false" aria-invalid="{(error is null ? "" : "true")}"{(error is null ? "" : " aria-describedby=\"input-error-container-username\"")} required autofocus>
        {(error is null ? "" : $"""<span class="error" id="input-error-container-username" role="alert">{Layout.Encode(error)}</span>""")}
        """;

    private static string Known(RealmRuntime realm, LoginTab tab, string username) => $"""
        <label for="kc-attempted-username">Username or email</label>
        <p class="who"><output id="kc-attempted-username">{Layout.Encode(username)}</output> <a id="reset-login" href="{Layout.Encode(LoginUrls.Restart(realm, tab))}">Restart login</a></p>

        """;

    private static string Message(LoginTab tab, bool isReauthentication)
    {
        var message = tab.TakeMessage() ?? (isReauthentication ? "Please re-authenticate to continue" : null);
        return message is null ? "" : $"""<p class="alert" role="status">{Layout.Encode(message)}</p>""" + "\n";
    }
}
