namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Signing out: by hint, by question, by refresh token.</summary>
internal sealed class LogoutTopic : ITopic
{
    public string Name => "logout";

    public async Task PlayAsync(ContractRun run)
    {
        await PlayHintAsync(run);
        await PlayRefusedAsync(run);
        await PlayConfirmedAsync(run);
        await PlayBackChannelAsync(run);
        await PlayOfflineAsync(run);
    }

    private static async Task PlayHintAsync(ContractRun run)
    {
        var (browser, tokens) = await SignedInAsync(run);
        await run.SendAsync("id_token_hint and post_logout_redirect_uri", Hint(tokens), browser);
        await run.SendAsync("prompt=none after logout", browser: browser);
        await run.SendAsync("refresh after logout", new Fill(("refresh_token", tokens["refresh_token"])));
        await run.SendAsync("introspection after logout", new Fill(("token", tokens["access_token"])));
        await run.SendAsync("the same logout again", Hint(tokens), browser);
        (browser, tokens) = await SignedInAsync(run);
        await run.SendAsync("id_token_hint only", Hint(tokens), browser);
        (browser, tokens) = await SignedInAsync(run);
        await run.SendAsync("hint without the browser's cookies", Hint(tokens));
        await run.SendAsync("refresh after that", new Fill(("refresh_token", tokens["refresh_token"])));
        (browser, tokens) = await SignedInAsync(run);
        await run.SendAsync("POST with hint", Hint(tokens), browser);
    }

    private static async Task PlayRefusedAsync(ContractRun run)
    {
        var (browser, tokens) = await SignedInAsync(run);
        foreach (var name in (string[])["bad post_logout_redirect_uri", "hint nonsense", "post_logout_redirect_uri without hint and client",
                     "hint of one client, client_id of another"])
        {
            await run.SendAsync(name, Hint(tokens), browser);
        }
    }

    private static async Task PlayConfirmedAsync(ContractRun run)
    {
        foreach (var (ask, confirm) in ((string, string?)[])
                 [("client_id and post_logout_redirect_uri, no hint", "confirmed"), ("nothing", "confirmed, no redirect"), ("legacy redirect_uri", null)])
        {
            var (browser, _) = await SignedInAsync(run);
            await run.SendAsync(ask, browser: browser);
            if (confirm is not null)
            {
                await run.SendAsync(confirm, new Fill(("session_code", browser.Form.Hidden["session_code"])) { Url = run.Target.BaseUrl + browser.Form.Action }, browser);
            }
        }

        await run.SendAsync("nothing, no session", browser: run.NewBrowser());
        await run.PlayAsync("POST, empty");
    }

    private static async Task PlayBackChannelAsync(ContractRun run)
    {
        var (browser, tokens) = await SignedInAsync(run);
        var refresh = new Fill(("refresh_token", tokens["refresh_token"]));
        await run.SendAsync("back channel with refresh token", refresh);
        await run.SendAsync("back channel again", refresh);
        await run.SendAsync("SSO after it", browser: browser);
        await run.PlayAsync("back channel, nonsense", "back channel, wrong secret");
    }

    private static async Task PlayOfflineAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-native", "openid offline_access");
        var offline = new Fill(("refresh_token", tokens["refresh_token"]));
        await run.SendAsync("native, offline token", offline);
        await run.SendAsync("refresh of the offline token after it", offline);
        var browser = run.NewBrowser();
        tokens = await Flows.TokensAsync(run.Issuer, "mcp-native", "openid offline_access", browser: browser);
        await browser.VisitAsync($"{run.Issuer}/protocol/openid-connect/logout?id_token_hint={tokens["id_token"]}");
        await run.SendAsync("offline token after a browser logout", new Fill(("refresh_token", tokens["refresh_token"])));
    }

    private static async Task<(Browser Browser, Reply Tokens)> SignedInAsync(ContractRun run)
    {
        var browser = run.NewBrowser();
        return (browser, await Flows.TokensAsync(run.Issuer, "mcp-console", "openid", browser: browser));
    }

    private static Fill Hint(Reply tokens) => new(("id_token_hint", tokens["id_token"]));
}
