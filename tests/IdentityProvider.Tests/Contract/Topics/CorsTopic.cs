namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Calls from web pages.</summary>
internal sealed class CorsTopic : ITopic
{
    public string Name => "cors";

    public async Task PlayAsync(ContractRun run)
    {
        var tokens = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        foreach (var exchange in run.Recording.Exchanges)
        {
            var fill = new Fill(("Authorization", tokens["access_token"]));
            if (exchange.Name.StartsWith("code redeemed by ", StringComparison.Ordinal))
            {
                var client = exchange.Name.Split(' ')[3];
                var more = client == "mcp-console" ? $"&code_challenge={Flows.Challenge}&code_challenge_method=S256" : null;
                fill = new Fill(("code", await Flows.CodeAsync(run.NewBrowser(), run.Issuer, client, "openid", more: more)), ("code_verifier", Flows.Verifier));
            }

            await run.SendAsync(exchange.Name, fill);
        }
    }
}
