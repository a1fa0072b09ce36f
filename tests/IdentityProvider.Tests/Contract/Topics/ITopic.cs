namespace McpAspire.IdentityProvider.Tests.Contract.Topics;

/// <summary>How the exchanges of one recording are brought about, in their order.</summary>
internal interface ITopic
{
    string Name { get; }

    Task PlayAsync(ContractRun run);
}
