namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>A device, its code and its person.</summary>
internal sealed class DeviceTopic : ITopic
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(6);

    public string Name => "device";

    public async Task PlayAsync(ContractRun run)
    {
        await PlayPollingAsync(run);
        await PlayPagesAsync(run);
        await PlayPersonAsync(run, "approve", "approved");
        await PlayPersonAsync(run, "deny", "denied");
        await PlayPersonAsync(run, "verifier", "approved, verifier wrong");
        await run.PlayOnVariantAsync(["expired"], realm => realm["oauth2DeviceCodeLifespan"] = 3, PlayExpiryAsync);
        foreach (var exchange in run.Recording.Exchanges.Where(exchange => !run.Outcomes.ContainsKey(exchange.Name) && exchange.Name != "expired").ToList())
        {
            await run.SendAsync(exchange.Name, browser: exchange.Json["request"]!["cookies"] is null ? null : run.NewBrowser());
        }
    }

    private static async Task PlayPollingAsync(ContractRun run)
    {
        await run.PlayAsync("native");
        var device = await run.SendAsync("native, with PKCE", Challenge());
        var poll = Poll(device);
        await run.SendAsync("pending", poll);
        await run.SendAsync("polled again at once", poll);
        await run.Target.PassAsync(Interval);
        await run.SendAsync("after the interval", poll);
        await run.SendAsync("poll by another client", poll);
        await run.SendAsync("nonsense device_code", poll);
        await run.PlayAsync("no device_code");
    }

    private static async Task PlayPagesAsync(ContractRun run)
    {
        foreach (var name in (string[])["wrong user code in the address", "verification_uri", "wrong user code"])
        {
            await run.SendAsync(name, browser: run.NewBrowser());
        }

        await run.PlayAsync("user code posted without Accept: text/html");
        var code = (await StartAsync(run))["user_code"];
        await run.SendAsync("right user code by hand", new Fill(("device_user_code", code)), run.NewBrowser());
        var typed = code.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        await run.SendAsync("right user code, lower case, no dash", new Fill(("device_user_code", typed)) { Overrides = true }, run.NewBrowser());
    }

    private static async Task PlayPersonAsync(ContractRun run, string part, string last)
    {
        var device = await StartAsync(run, part == "approve" ? "openid tickets:read" : "openid");
        var browser = run.NewBrowser();
        var reply = await run.SendAsync($"{part}: verification_uri_complete", new Fill(("user_code", device["user_code"])), browser);
        await run.SendAsync($"{part}: step 0", new Fill { Url = reply.Location }, browser);
        reply = await run.SendAsync($"{part}: step 1", new Fill { Url = browser.Form.Action }, browser);
        await run.SendAsync($"{part}: step 2", new Fill { Url = reply.Location }, browser);
        var consent = new Fill(("code", browser.Form.Hidden["code"])) { Url = run.Target.BaseUrl + browser.Form.Action };
        reply = await run.SendAsync($"{part}: step 3", consent, browser);
        await run.SendAsync($"{part}: step 4", new Fill { Url = reply.Location }, browser);
        await run.SendAsync(last, part == "verifier" ? Poll(device, new string('w', 64)) : Poll(device));
        if (part == "approve")
        {
            await run.SendAsync("polled after success", Poll(device));
        }
    }

    private static async Task PlayExpiryAsync(ContractRun run)
    {
        var device = await StartAsync(run);
        await run.Target.PassAsync(TimeSpan.FromSeconds(4));
        await run.SendAsync("expired", Poll(device));
    }

    private static Task<Reply> StartAsync(ContractRun run, string scope = "openid tickets:read")
        => Http.PostAsync($"{run.Issuer}/protocol/openid-connect/auth/device",
            ("client_id", "mcp-native"), ("scope", scope), ("code_challenge", Flows.Challenge), ("code_challenge_method", "S256"));

    private static Fill Challenge() => new(("code_challenge", Flows.Challenge)) { Overrides = true };

    private static Fill Poll(Reply device, string? verifier = null) => new(("device_code", device["device_code"]), ("code_verifier", verifier ?? Flows.Verifier));
}
