using McpAspire.IdentityProvider.Endpoints;
using McpAspire.IdentityProvider.Hosting;
using McpAspire.IdentityProvider.Login;
using McpAspire.IdentityProvider.Realm;

namespace McpAspire.IdentityProvider.Pages;

/// <summary>What a client wants to do, one line a scope.</summary>
internal static class ConsentPage
{
    public static Task WriteAsync(HttpContext context, RealmRuntime realm, LoginTab tab, Client client, IReadOnlyList<ClientScope> scopes)
    {
        var texts = scopes.Select(scope => scope.ConsentText);
        if (client.Is("display.on.consent.screen") && client.Attribute("consent.screen.text") is { } own)
        {
            texts = texts.Append(own);
        }

        var lines = string.Join('\n', texts.Select(text => $"<li>{Layout.Encode(text)}</li>"));
        var body = $"""
            <form method="POST" action="{Layout.Encode(LoginUrls.ConsentForm(realm, tab))}">
            <p>Do you grant these access privileges?</p>
            <ul>
            {lines}
            </ul>
            <input type="hidden" name="code" value="{tab.NextSessionCode()}">
            <button type="submit" name="accept" id="kc-login" value="Yes">Yes</button>
            <button type="submit" name="cancel" id="kc-cancel" value="No" class="quiet">No</button>
            </form>
            """;
        return Layout.WriteAsync(
            context, realm, Layout.SignInTitle(realm), $"Grant Access to {Layout.Encode(client.DisplayName)}", body, cache: Answers.NoStorePage);
    }
}
