namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>The pages of a sign-in.</summary>
internal sealed class LoginPageTopic : ITopic
{
    public string Name => "login-page";

    public async Task PlayAsync(ContractRun run)
    {
        await PlayPasswordAsync(run);
        await PlayConsentAsync(run);
        await PlayOddPostsAsync(run);
    }

    private static async Task PlayPasswordAsync(ContractRun run)
    {
        var browser = run.NewBrowser();
        await run.SendAsync("login page", browser: browser);
        var first = browser.Form.Action;
        foreach (var name in (string[])["wrong password", "unknown user", "empty password", "empty user name"])
        {
            await run.SendAsync(name, new Fill { Url = browser.Form.Action }, browser);
        }

        var sentBack = await run.SendAsync("old form posted again (first session_code)", new Fill { Url = first }, browser);
        await run.SendAsync("the page again", new Fill { Url = sentBack.Location }, browser);
        await run.SendAsync("right password", new Fill { Url = browser.Form.Action }, browser);
    }

    private static async Task PlayConsentAsync(ContractRun run)
    {
        var challenge = new Fill(("code_challenge", Flows.Challenge));
        var carol = run.NewBrowser();
        await run.SendAsync("login page, native", challenge, carol);
        var toConsent = await run.SendAsync("sign in by email, native", new Fill { Url = carol.Form.Action }, carol);
        await run.SendAsync("consent page", new Fill { Url = toConsent.Location }, carol);
        await run.SendAsync("consent refused", ConsentForm(carol), carol);

        var bob = run.NewBrowser();
        await bob.VisitAsync(Flows.AuthorizeUrl(run.Issuer, "mcp-native", Flows.NativeCallback, "openid tickets:read offline_access"));
        toConsent = await run.SendAsync("sign in, native, more scopes", new Fill { Url = bob.Form.Action }, bob);
        await run.SendAsync("consent page, more scopes", new Fill { Url = toConsent.Location }, bob);
        await run.SendAsync("consent given", ConsentForm(bob), bob);
        await run.SendAsync("second request, same scopes", challenge, bob);
        toConsent = await run.SendAsync("second request, a new scope", challenge, bob);
        await run.SendAsync("consent page, new scope", new Fill { Url = toConsent.Location }, bob);
        await run.SendAsync("prompt=consent", challenge, bob);
        await run.SendAsync("prompt=none with a session, consent missing", challenge, bob);
    }

    private static async Task PlayOddPostsAsync(ContractRun run)
    {
        var browser = run.NewBrowser();
        var page = Flows.AuthorizeUrl(run.Issuer, "mcp-console", Flows.ConsoleCallback, "openid");
        await browser.VisitAsync(page);
        await run.SendAsync("form posted without cookies", new Fill { Url = browser.Form.Action }, run.NewBrowser());
        var wrong = browser.Form.Action[..browser.Form.Action.IndexOf("session_code=", StringComparison.Ordinal)] + "session_code=nonsense"
            + browser.Form.Action[browser.Form.Action.IndexOf("&execution", StringComparison.Ordinal)..];
        await run.SendAsync("form posted with a wrong session_code", new Fill { Url = wrong }, browser);
        await run.SendAsync("login action with GET", new Fill { Url = browser.Form.Action }, browser);
        await browser.VisitAsync(page);
        await run.SendAsync("no form field", new Fill { Url = browser.Form.Action }, browser);
        foreach (var name in (string[])["foreign Origin on the form", "rememberMe and unknown fields"])
        {
            browser = run.NewBrowser();
            await browser.VisitAsync(page);
            await run.SendAsync(name, new Fill { Url = browser.Form.Action }, browser);
        }
    }

    private static Fill ConsentForm(Browser browser) => new(("code", browser.Form.Hidden["code"])) { Url = browser.Form.Action };
}
