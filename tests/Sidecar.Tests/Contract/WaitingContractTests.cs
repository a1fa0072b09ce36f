using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Recordings that are about time. Where they wait for events it is less here; where something must be in time there is more of it.</summary>
[Trait("Category", "Contract")]
public sealed class WaitingContractTests
{
    private const string KeptOpen = "stream kept open over 70 s, 8 s between events";

    /// <summary>Between the events of the stream that is kept open: the recorded 8 s in a long run, which takes two minutes.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(LongRun.IsOn ? 8 : 0.5);

    [Fact]
    [Trait("Category", "Timed")]
    [Plays("resiliency")]
    public async Task Resiliency_Replayed_IsAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig
        {
            ChangeConfiguration = text => text.Replace("short: 500ms", "short: 2s", StringComparison.Ordinal).Replace("timeout: 2s", "timeout: 5s", StringComparison.Ordinal),
        };
        var player = new TopicPlayer(rig, "resiliency")
        {
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
    [Plays("sse", Except = KeptOpen)]
    public async Task Events_Replayed_AreAnsweredAsDaprdDoes()
    {
        await using var rig = new ContractRig();
        var player = new TopicPlayer(rig, "sse")
        {
            Before = entry => Apps.PrepareAsync(rig, entry),
            Observe = new Observations(rig).SeeAsync,
            Elsewhere = entry => (string)entry["name"]! == KeptOpen,
            Change = text => text.Replace("every=0.5", "every=0.05", StringComparison.Ordinal).Replace("first=1.5", "first=0.1", StringComparison.Ordinal),
        };

        var found = await player.PlayAsync(TestContext.Current.CancellationToken);

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(38, player.Replayed);
    }

    [Fact]
    [Plays("sse", Names = KeptOpen)]
    public async Task Stream_WithLongPauses_IsKeptOpenAsByDaprd()
    {
        var stopping = TestContext.Current.CancellationToken;
        await using var rig = new ContractRig();
        var (streams, results) = (new StreamObservations(rig), new JsonObject());
        var one = await rig.UseAsync("plain", stopping);
        var hops = new Dictionary<string, Task<JsonObject>>
        {
            ["one hop exact"] = streams.KeptOpenAsync(one!.HttpPort, "text/event-stream", _pause, stopping),
            ["one hop mixed"] = streams.KeptOpenAsync(one.HttpPort, "application/json, text/event-stream", _pause, stopping),
        };
        await Task.WhenAll(hops.Values);
        var two = await rig.UseAsync("plain2", stopping);
        hops["two hops exact"] = streams.KeptOpenAsync(two!.HttpPort, "text/event-stream", _pause, stopping);
        hops["two hops mixed"] = streams.KeptOpenAsync(two.HttpPort, "application/json, text/event-stream", _pause, stopping);
        foreach (var (name, hop) in hops)
        {
            results[name] = await hop;
        }

        var entry = Recording.Topic("sse").Single(entry => (string)entry["name"]! == KeptOpen);
        var found = Ledger.Compare(Differences.Load(), "sse", entry, recorded => recorded["results"]!.AsObject().SelectMany(pair => Compare(pair.Key, pair.Value!.AsObject(), results[pair.Key]?.AsObject())));

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static IEnumerable<(string What, string Detail)> Compare(string hop, JsonObject recorded, JsonObject? came)
    {
        if (came is null)
        {
            return [("hop", hop)];
        }

        // Nine events and eight pauses between them; the recorded stream had a ninth before its end.
        var pairs = recorded.Select(pair => pair.Key == "seconds" ? (pair.Key, Recorded: $"{(double)pair.Value! is > 60 and < 90}", Came: $"{(double)came["seconds"]! > 8 * 0.9 * _pause.TotalSeconds}") : (pair.Key, Recorded: $"{pair.Value}", Came: $"{came[pair.Key]}"));
        return pairs.Where(pair => pair.Recorded != pair.Came).Select(pair => (hop, $"{pair.Key} recorded {pair.Recorded}, came {pair.Came}"));
    }
}
