namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Dynamic client registration with the policies of a new realm.</summary>
internal sealed class RegistrationTopic : ITopic
{
    private const string WithToken = "with initial access token";

    public string Name => "registration";

    public async Task PlayAsync(ContractRun run)
    {
        var user = await Flows.TokensAsync(run.Issuer, "mcp-console", "openid");
        foreach (var exchange in run.Recording.Exchanges.TakeWhile(exchange => exchange.Name != "initial access token"))
        {
            await run.SendAsync(exchange.Name, new Fill(("Authorization", user["access_token"])));
        }

        var rest = run.Recording.Exchanges.SkipWhile(exchange => exchange.Name != WithToken).Where(exchange => !OutOfScope.Contains(exchange)).ToList();
        await run.PlayOnVariantAsync(rest.Select(exchange => exchange.Name), _ => { }, variant => PlayWithTokenAsync(variant, rest));
    }

    private static async Task PlayWithTokenAsync(ContractRun run, List<Exchange> rest)
    {
        var initial = run.Target.Own!.Realms.Find("mcp")!.Registrations.IssueInitial(count: 100, TimeSpan.FromMinutes(10));
        var created = await run.SendAsync(WithToken, new Fill(("Authorization", initial)));
        await PlayManagementAsync(run, created["client_id"], created["registration_access_token"]);
        foreach (var exchange in rest.Where(exchange => !run.Outcomes.ContainsKey(exchange.Name)))
        {
            await run.SendAsync(exchange.Name, new Fill(("Authorization", initial)));
        }
    }

    private static async Task PlayManagementAsync(ContractRun run, string clientId, string token)
    {
        Fill With(string value) => new(("Authorization", value), ("client_id", clientId)) { Url = $"{run.Issuer}/clients-registrations/openid-connect/{clientId}" };
        var read = await run.SendAsync("read", With(token));
        var updated = await run.SendAsync("update", With(read["registration_access_token"]));
        await run.SendAsync("read with the old token", With(token));
        await run.SendAsync("read without token", With(""));
        var latest = updated["registration_access_token"];
        await run.SendAsync("read another client", new Fill(("Authorization", latest)));
        latest = (await run.SendAsync("read with the new token", With(latest)))["registration_access_token"];
        await run.SendAsync("delete", With(latest));
        await run.SendAsync("read after delete", With(latest));
    }
}
