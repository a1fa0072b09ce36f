namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>What introspection tells, and to whom.</summary>
internal sealed class IntrospectionTopic : ITopic
{
    public string Name => "introspection";

    public async Task PlayAsync(ContractRun run)
    {
        var user = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read");
        var plain = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        var service = await Flows.ServiceTokensAsync(run.Issuer, "mcp-agent", "tickets:read");
        var offline = await Flows.TokensAsync(run.Issuer, "mcp-native", "openid offline_access");
        foreach (var exchange in run.Recording.Exchanges)
        {
            var token = exchange.Name switch
            {
                "service token by mcp-server" => service["access_token"],
                "token without tickets scope by mcp-server" or "token without aud by its own client" => plain["access_token"],
                "id token" or "id token by its client" => user["id_token"],
                "refresh token by mcp-server" or "refresh token by its client" => user["refresh_token"],
                "offline token by mcp-server" => offline["refresh_token"],
                "tampered token" => Tampered.Token(user["access_token"]),
                _ => user["access_token"],
            };
            await run.SendAsync(exchange.Name, new Fill(("token", token), ("Authorization", token)));
        }
    }
}
