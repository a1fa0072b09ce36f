namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>The authorization endpoint and the redemption of codes.</summary>
internal sealed class AuthorizationCodeTopic : ITopic
{
    public string Name => "authorization-code";

    public async Task PlayAsync(ContractRun run)
    {
        await PlayRequestsAsync(run);
        await PlaySessionsAsync(run);
        await PlayTokensAsync(run);
        await PlayFailuresAsync(run);
        await PlayPkceFailuresAsync(run);
        await PlayLateAsync(run);
    }

    private static async Task PlayRequestsAsync(ContractRun run)
    {
        var challenge = new Fill(("code_challenge", Flows.Challenge));
        foreach (var exchange in run.Recording.Exchanges.TakeWhile(exchange => exchange.Name != "SSO"))
        {
            if (exchange.Request is null)
            {
                await CheckRedirectUrisAsync(run, exchange);
            }
            else
            {
                await run.SendAsync(exchange.Name, challenge);
            }
        }
    }

    private static async Task CheckRedirectUrisAsync(ContractRun run, Exchange exchange)
    {
        var differences = new List<string>();
        foreach (var verdict in exchange.Json["verdicts"]!.AsArray())
        {
            var (client, uri) = ((string)verdict!["client"]!, (string)verdict["redirect_uri"]!);
            var reply = await Http.GetAsync(Flows.AuthorizeUrl(run.Issuer, client, uri, "openid"));
            if (reply.Status != (int)verdict["status"]!)
            {
                differences.Add($"{client} {uri}: {reply.Status}, recorded as {verdict["status"]}");
            }
        }

        run.Note(exchange.Name, differences);
    }

    private static async Task PlaySessionsAsync(ContractRun run)
    {
        var browser = await SignedInAsync(run);
        await run.SendAsync("SSO", browser: browser);
        await run.SendAsync("SSO, other client", browser: browser);
        await run.SendAsync("prompt=none with a session", browser: browser);
        await run.SendAsync("prompt=login with a session", browser: await SignedInAsync(run));
        browser = await SignedInAsync(run);
        await run.Target.PassAsync(TimeSpan.FromSeconds(2));
        await run.SendAsync("max_age=1 after 2 s", browser: browser);
        await run.SendAsync("max_age=1000", browser: await SignedInAsync(run));
        browser = await SignedInAsync(run);
        foreach (var name in (string[])["response_mode=fragment", "response_mode=form_post", "response_mode=query.jwt", "response_mode=jwt", "no state",
                     "state with special characters", "redirect_uri with a query", "response_type=none with a session"])
        {
            await run.SendAsync(name, browser: browser);
        }

        await run.SendAsync("bad scope with a session", browser: browser);
    }

    private static async Task PlayTokensAsync(ContractRun run)
    {
        var browser = await SignedInAsync(run);
        await PlayReuseAsync(run, browser);
        await RedeemAsync(run, browser, "console, no openid", "mcp-console", "tickets:read");
        await RedeemAsync(run, browser, "console, no scope", "mcp-console", null);
        await RedeemAsync(run, browser, "console, tickets:admin by alice", "mcp-console", "openid tickets:admin");
        var carol = new Fill(("code", await Flows.CodeAsync(run.NewBrowser(), run.Issuer, "mcp-console", "openid tickets:write tickets:admin", "carol")));
        await run.SendAsync("console, tickets:admin by carol", carol);
        var challenge = $"&code_challenge={Flows.Challenge}&code_challenge_method=S256";
        await RedeemAsync(run, browser, "console with PKCE", "mcp-console", "openid", challenge);
        await RedeemAsync(run, browser, "console with plain PKCE", "mcp-console", "openid", $"&code_challenge={Flows.Verifier}&code_challenge_method=plain");
        await RedeemAsync(run, browser, "console with max_age", "mcp-console", "openid", "&max_age=1000");
        await RedeemAsync(run, browser, "console, Basic", "mcp-console", "openid");
        await Flows.SignInAsync(browser, run.Issuer, "mcp-native", "openid tickets:read offline_access");
        await RedeemAsync(run, browser, "native, openid tickets:read", "mcp-native", "openid tickets:read");
        await RedeemAsync(run, browser, "native, offline_access", "mcp-native", "openid tickets:read offline_access");
        await RedeemAsync(run, browser, "scope at redemption", "mcp-console", "openid");
        await RedeemAsync(run, browser, "resource at redemption", "mcp-console", "openid tickets:read");
    }

    private static async Task PlayReuseAsync(ContractRun run, Browser browser)
    {
        var code = new Fill(("code", await Flows.CodeAsync(browser, run.Issuer, "mcp-console", "openid tickets:read", more: "&nonce=nonce-1")));
        var tokens = await run.SendAsync("console, openid tickets:read, nonce", code);
        await run.SendAsync("code reused", code);
        await run.SendAsync("token after code reuse: introspected", new Fill(("token", tokens["access_token"])));
        await run.SendAsync("refresh after code reuse", new Fill(("refresh_token", tokens["refresh_token"])));
        await run.SendAsync("SSO after code reuse", browser: browser);
    }

    private static async Task PlayFailuresAsync(ContractRun run)
    {
        var browser = await SignedInAsync(run);
        await run.PlayAsync("nonsense code", "nonsense code with two dots", "no code", "empty code");
        async Task<Fill> Code() => new(("code", await Flows.CodeAsync(browser, run.Issuer, "mcp-console", "openid")));
        foreach (var (first, second) in ((string, string?)[])
                 [("wrong redirect_uri", "right redirect_uri after the wrong one"), ("no redirect_uri (2)", null),
                  ("wrong secret", "right secret after the wrong one"), ("code of another client", "right client after the wrong one")])
        {
            var code = await Code();
            await run.SendAsync(first, code);
            if (second is not null)
            {
                await run.SendAsync(second, code);
            }
        }
    }

    private static async Task PlayPkceFailuresAsync(ContractRun run)
    {
        var browser = await SignedInAsync(run);
        var challenge = $"&code_challenge={Flows.Challenge}&code_challenge_method=S256";
        async Task<string> Code(string client = "mcp-console", string? more = null) => await Flows.CodeAsync(browser, run.Issuer, client, "openid", more: more);
        var code = await Code(more: challenge);
        await run.SendAsync("verifier missing", new Fill(("code", code)));
        await run.SendAsync("verifier after the miss", new Fill(("code", code), ("code_verifier", Flows.Verifier)));
        await run.SendAsync("verifier wrong", new Fill(("code", await Code(more: challenge)), ("code_verifier", new string('w', 64))));
        await run.SendAsync("verifier too short", new Fill(("code", await Code(more: challenge))));
        await run.SendAsync("verifier with bad characters", new Fill(("code", await Code(more: challenge)), ("code_verifier", new string('v', 63) + "!")));
        await run.SendAsync("verifier without challenge", new Fill(("code", await Code()), ("code_verifier", Flows.Verifier)));
        await run.SendAsync("native, verifier missing", new Fill(("code", await Code("mcp-native"))));
        await run.SendAsync("native, verifier wrong", new Fill(("code", await Code("mcp-native")), ("code_verifier", new string('w', 64))));
    }

    private static async Task PlayLateAsync(ContractRun run)
    {
        var code = await Flows.CodeAsync(run.NewBrowser(), run.Issuer, "mcp-console", "openid");
        await run.Target.PassAsync(TimeSpan.FromSeconds(61));
        await run.SendAsync("expired code", new Fill(("code", code)));
    }

    private static async Task RedeemAsync(ContractRun run, Browser browser, string name, string client, string? scope, string? more = null)
        => await run.SendAsync(name, new Fill(("code", await Flows.CodeAsync(browser, run.Issuer, client, scope, more: more)), ("code_verifier", Flows.Verifier)));

    /// <summary>A browser with alice's session and no sign-in under way.</summary>
    private static async Task<Browser> SignedInAsync(ContractRun run)
    {
        var browser = run.NewBrowser();
        await Flows.SignInAsync(browser, run.Issuer, "mcp-console", "openid");
        return browser;
    }
}
