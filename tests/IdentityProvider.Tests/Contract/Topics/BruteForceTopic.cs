namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Guessing passwords. Waits for lockouts: by the clock of our own provider.</summary>
internal sealed class BruteForceTopic : ITopic
{
    private static readonly TimeSpan NotQuick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lockout = TimeSpan.FromSeconds(61);

    public string Name => "brute-force";

    public async Task PlayAsync(ContractRun run)
    {
        foreach (var name in (string[])["1st wrong password", "2nd at once", "right password while locked"])
        {
            await PostAsync(run, name);
        }

        await run.PlayOnVariantAsync(["slow failure 1", "slow failure 10", "right password now", "right password after the lock is lifted"], _ => { }, PlaySlowAsync);
    }

    private static async Task PlaySlowAsync(ContractRun run)
    {
        await PostAsync(run, "slow failure 1");
        for (var i = 2; i < 10; i++)
        {
            await run.Target.PassAsync(NotQuick);
            var browser = run.NewBrowser();
            await browser.VisitAsync(Page(run));
            await browser.SubmitAsync(("username", "bob"), ("password", $"wrong{i}"));
        }

        await run.Target.PassAsync(NotQuick);
        await PostAsync(run, "slow failure 10");
        await PostAsync(run, "right password now");
        await run.Target.PassAsync(Lockout);
        await PostAsync(run, "right password after the lock is lifted");
    }

    private static async Task PostAsync(ContractRun run, string name)
    {
        var browser = run.NewBrowser();
        await browser.VisitAsync(Page(run));
        await run.SendAsync(name, new Fill { Url = browser.Form.Action }, browser);
    }

    private static string Page(ContractRun run) => Flows.AuthorizeUrl(run.Issuer, "mcp-console", Flows.ConsoleCallback, "openid");
}
