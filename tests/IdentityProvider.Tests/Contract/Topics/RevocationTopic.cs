namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Revoking access tokens, refresh tokens and what is neither.</summary>
internal sealed class RevocationTopic : ITopic
{
    public string Name => "revocation";

    public async Task PlayAsync(ContractRun run)
    {
        await PlayAccessTokenAsync(run);
        await PlayRefreshTokenAsync(run);
        await PlayOthersAsync(run);
        await PlayClientsAsync(run);
    }

    private static async Task PlayAccessTokenAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read");
        await run.SendAsync("access token", Token(tokens));
        await run.SendAsync("access token after its revocation", Token(tokens));
        await run.SendAsync("userinfo with the revoked access token", new Fill(("Authorization", tokens["access_token"])));
        await run.SendAsync("refresh after revocation of the access token", new Fill(("refresh_token", tokens["refresh_token"])));
    }

    private static async Task PlayRefreshTokenAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read");
        var refresh = new Fill(("token", tokens["refresh_token"]), ("refresh_token", tokens["refresh_token"]));
        await run.SendAsync("refresh token", refresh);
        await run.SendAsync("access token after revocation of the refresh token", Token(tokens));
        await run.SendAsync("refresh after revocation of the refresh token", refresh);
        await run.SendAsync("revoked token again", refresh);
        var browser = run.NewBrowser();
        tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid", browser: browser);
        await run.SendAsync("refresh token with hint", new Fill(("token", tokens["refresh_token"])));
        await run.SendAsync("SSO after revocation", browser: browser);
    }

    private static async Task PlayOthersAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        await run.SendAsync("token of another client", Token(tokens));
        await run.SendAsync("refresh token of another client", new Fill(("token", tokens["refresh_token"])));
        await run.SendAsync("id token", new Fill(("token", tokens["id_token"])));
        await run.PlayAsync("nonsense", "no token", "empty token", "duplicate token", "GET");
        await run.SendAsync("no client", Token(tokens));
        await run.SendAsync("wrong secret", Token(tokens));
        await run.SendAsync("hint nonsense", Token(tokens));
        tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        await run.SendAsync("revoke from an allowed origin", Token(tokens));
    }

    private static async Task PlayClientsAsync(ContractRun run)
    {
        var native = await Flows.TokensAsync(run.Issuer, "mcp-native", "openid");
        await run.SendAsync("native, refresh token", new Fill(("token", native["refresh_token"])));
        var service = await Flows.ServiceTokensAsync(run.Issuer, "mcp-agent", "tickets:read");
        await run.SendAsync("service token", Token(service));
        await run.SendAsync("service token after revocation", Token(service));
    }

    private static Fill Token(Reply tokens) => new(("token", tokens["access_token"]));
}
