namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>The userinfo endpoint.</summary>
internal sealed class UserInfoTopic : ITopic
{
    public string Name => "userinfo";

    public async Task PlayAsync(ContractRun run)
    {
        var user = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read");
        var service = await Flows.ServiceTokensAsync(run.Issuer, "mcp-agent", "tickets:read");
        var serviceWithOpenId = await Flows.ServiceTokensAsync(run.Issuer, "mcp-agent", "openid tickets:read");
        var withoutOpenId = await Flows.TokensAsync(run.Issuer, "mcp-console", "tickets:read");
        var native = await Flows.TokensAsync(run.Issuer, "mcp-native", "openid");
        foreach (var exchange in run.Recording.Exchanges)
        {
            if (exchange.Name == "after logout")
            {
                await Http.PostAsync($"{run.Issuer}/protocol/openid-connect/logout", [("refresh_token", user["refresh_token"]), .. Flows.Credentials("mcp-console")]);
            }

            var token = exchange.Name switch
            {
                "tampered token" => Tampered.Token(user["access_token"]),
                "token without openid" => withoutOpenId["access_token"],
                "service token without openid" => service["access_token"],
                "service token with openid" => serviceWithOpenId["access_token"],
                "refresh token" => user["refresh_token"],
                "id token" => user["id_token"],
                "native, openid only" => native["access_token"],
                _ => user["access_token"],
            };
            await run.SendAsync(exchange.Name, new Fill(("Authorization", token), ("access_token", token)));
        }
    }
}
