namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Recordings that are about time. Where they wait for events it is less here; where something must be in time there is more of it.</summary>
[Trait("Category", "Contract")]
public sealed class WaitingContractTests
{
    [Fact]
    [Trait("Category", "Timed")]
    public async Task Resiliency_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig
        {
            ChangeConfiguration = text => text.Replace("short: 500ms", "short: 2s", StringComparison.Ordinal).Replace("timeout: 2s", "timeout: 5s", StringComparison.Ordinal),
        };
        var player = new TopicPlayer(rig, "resiliency")
        {
            CountsRequests = true,
            Change = text => text.Replace("s=1.2", "s=30", StringComparison.Ordinal).Replace("every=0.3", "every=1.2", StringComparison.Ordinal),
            Before = entry =>
            {
                rig.App.ResetFlaky();
                rig.Endpoint.ResetFlaky();
                return Apps.PrepareAsync(rig, entry);
            },
        };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(16, player.Replayed);
    }

    [Fact]
    public async Task Events_Replayed_AreAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig();
        var player = new TopicPlayer(rig, "sse")
        {
            Before = entry => Apps.PrepareAsync(rig, entry),
            Change = text => text.Replace("every=0.5", "every=0.05", StringComparison.Ordinal).Replace("first=1.5", "first=0.1", StringComparison.Ordinal),
        };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(38, player.Replayed);
    }
}
