namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Pushed authorization requests.</summary>
internal sealed class PushedRequestTopic : ITopic
{
    public string Name => "par";

    public async Task PlayAsync(ContractRun run)
    {
        var pushed = new Fill(("request_uri", (await run.SendAsync("console"))["request_uri"]));
        foreach (var name in (string[])["authorize with request_uri", "request_uri used again", "request_uri of another client"])
        {
            await run.SendAsync(name, pushed, run.NewBrowser());
        }

        await run.PlayAsync(run.Recording.Exchanges.Select(exchange => exchange.Name).Where(name => !run.Outcomes.ContainsKey(name)).ToList());
    }
}
