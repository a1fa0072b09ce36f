namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>Topics whose requests need nothing but themselves.</summary>
internal sealed class SelfContained(string name) : ITopic
{
    public string Name => name;

    public Task PlayAsync(ContractRun run) => run.PlayAsync(run.Recording.Exchanges.Select(exchange => exchange.Name));
}
