namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>RFC 8707 with <c>KC_FEATURES=resource-indicators</c>.</summary>
internal sealed class ResourceIndicatorTopic : ITopic
{
    private const string Resource = "http://localhost:5200/mcp";

    public string Name => "resource-indicators";

    public Task PlayAsync(ContractRun run)
        => run.PlayOnVariantAsync(
            run.Recording.Exchanges.Where(exchange => exchange.Request is not null).Select(exchange => exchange.Name),
            _ => { }, PlayWithFeatureAsync, "--KC_FEATURES=resource-indicators,cimd");

    private static async Task PlayWithFeatureAsync(ContractRun run)
    {
        var browser = run.NewBrowser();
        await Flows.SignInAsync(browser, run.Issuer, "mcp-console", "openid");
        var narrowed = await PlayCodesAsync(run, browser);
        await run.SendAsync("introspection of a narrowed token by mcp-server", new Fill(("token", narrowed["access_token"])));
        await run.SendAsync("token exchange of a narrowed token by mcp-server", new Fill(("subject_token", narrowed["access_token"])));
        var whole = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read");
        await run.SendAsync("token exchange with resource", new Fill(("subject_token", whole["access_token"])));
        foreach (var exchange in run.Recording.Exchanges.Where(exchange => exchange.Request is not null && !run.Outcomes.ContainsKey(exchange.Name)))
        {
            await run.SendAsync(exchange.Name);
        }
    }

    private static async Task<Reply> PlayCodesAsync(ContractRun run, Browser browser)
    {
        async Task<Fill> Code(string? resource = Resource, string scope = "openid tickets:read")
            => new(("code", await Flows.CodeAsync(browser, run.Issuer, "mcp-console", scope, more: resource is null ? null : $"&resource={Uri.EscapeDataString(resource)}")));
        var first = await run.SendAsync("resource at auth, not at token", await Code());
        var narrowed = await run.SendAsync("refresh without resource", new Fill(("refresh_token", first["refresh_token"])));
        var both = await run.SendAsync("resource at both", await Code());
        both = await run.SendAsync("refresh with the same resource", new Fill(("refresh_token", both["refresh_token"])));
        await run.SendAsync("refresh with another resource", new Fill(("refresh_token", both["refresh_token"])));
        await run.SendAsync("resource at token only", await Code(null));
        await run.SendAsync("another resource at token", await Code());
        await run.SendAsync("unknown resource at token", await Code());
        await run.SendAsync("resource at auth without the scope", await Code(scope: "openid"));
        return narrowed;
    }
}
