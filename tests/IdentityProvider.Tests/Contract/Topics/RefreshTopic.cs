namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Refresh tokens: rotation, narrowing, misuse.</summary>
internal sealed class RefreshTopic : ITopic
{
    public string Name => "refresh";

    public async Task PlayAsync(ContractRun run)
    {
        await PlayRotationAsync(run);
        await PlayScopesAsync(run);
        await PlayMisuseAsync(run);
        await PlayNativeAsync(run);
        await run.PlayOnVariantAsync(
            ["no rotation: refresh", "no rotation: old one again", "expired access token: introspected", "expired access token: userinfo"],
            realm =>
            {
                realm["revokeRefreshToken"] = false;
                realm["accessTokenLifespan"] = 3;
            },
            PlayVariantAsync);
    }

    private static async Task PlayRotationAsync(ContractRun run)
    {
        var first = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read tickets:write");
        var second = await run.SendAsync("refresh", Refresh(first));
        await run.SendAsync("old refresh token again", Refresh(first));
        await run.SendAsync("new refresh token after reuse of the old one", Refresh(second));
        await run.SendAsync("access token after reuse: introspected", new Fill(("token", second["access_token"])));
    }

    private static async Task PlayScopesAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read tickets:write");
        foreach (var name in (string[])["narrower scope", "full scope again after the narrower one", "wider scope"])
        {
            tokens = await run.SendAsync(name, Refresh(tokens));
        }

        tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        await run.SendAsync("unknown scope", Refresh(tokens));
        await run.SendAsync("without openid in scope", Refresh(tokens));
    }

    private static async Task PlayMisuseAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        await run.SendAsync("by another client", Refresh(tokens));
        await run.SendAsync("wrong secret", Refresh(tokens));
        await run.SendAsync("access token as refresh token", new Fill(("refresh_token", tokens["access_token"])));
        await run.SendAsync("id token as refresh token", new Fill(("refresh_token", tokens["id_token"])));
        await run.SendAsync("tampered", new Fill(("refresh_token", Tampered.Token(tokens["refresh_token"]))));
        await run.PlayAsync("nonsense", "no refresh_token", "empty refresh_token");
        await Http.PostAsync($"{run.Issuer}/protocol/openid-connect/logout", [("refresh_token", tokens["refresh_token"]), .. Flows.Credentials("mcp-console")]);
        await run.SendAsync("after logout", Refresh(tokens));
    }

    private static async Task PlayNativeAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-native", "openid tickets:read");
        tokens = await run.SendAsync("native", Refresh(tokens));
        await run.SendAsync("native, with resource", Refresh(tokens));
        tokens = await Flows.TokensAsync(run.Issuer, "mcp-native", "openid tickets:read offline_access");
        await run.SendAsync("native, offline", Refresh(tokens));
        await run.SendAsync("native, offline, old token again", Refresh(tokens));
    }

    private static async Task PlayVariantAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read");
        await run.SendAsync("no rotation: refresh", Refresh(tokens));
        await run.SendAsync("no rotation: old one again", Refresh(tokens));
        await run.Target.PassAsync(TimeSpan.FromSeconds(4));
        await run.SendAsync("expired access token: introspected", new Fill(("token", tokens["access_token"])));
        await run.SendAsync("expired access token: userinfo", new Fill(("Authorization", tokens["access_token"])));
    }

    private static Fill Refresh(Reply tokens) => new(("refresh_token", tokens["refresh_token"]));
}
