namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Standard token exchange.</summary>
internal sealed class TokenExchangeTopic : ITopic
{
    public string Name => "token-exchange";

    public async Task PlayAsync(ContractRun run)
    {
        var alice = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid tickets:read");
        var withoutAudience = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        var service = await Flows.ServiceTokensAsync(run.Issuer, "mcp-agent", "tickets:read");
        var own = await Flows.ServiceTokensAsync(run.Issuer, "mcp-server", "tickets:read");
        Reply? exchanged = null;
        foreach (var exchange in run.Recording.Exchanges)
        {
            if (exchange.Name == "subject logged out")
            {
                await Http.PostAsync($"{run.Issuer}/protocol/openid-connect/logout", [("refresh_token", alice["refresh_token"]), .. Flows.Credentials("mcp-console")]);
            }

            var subject = exchange.Name switch
            {
                "exchanged token exchanged again" or "exchanged token: introspected" => exchanged!["access_token"],
                "refresh token as subject" => alice["refresh_token"],
                "id token as subject" => alice["id_token"],
                "subject not for mcp-server" => withoutAudience["access_token"],
                "service token as subject" => service["access_token"],
                "own service token as subject" => own["access_token"],
                _ => alice["access_token"],
            };
            var reply = await run.SendAsync(exchange.Name, new Fill(("subject_token", subject), ("token", subject), ("actor_token", service["access_token"])));
            exchanged = exchange.Name == "scope tickets:read" ? reply : exchanged;
        }
    }
}
