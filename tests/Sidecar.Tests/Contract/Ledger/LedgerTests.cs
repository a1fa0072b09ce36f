using System.Reflection;
using System.Text.Json.Nodes;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The account of the recordings: every entry is played by a test, or listed with the reason why not.</summary>
[Trait("Category", "Contract")]
public sealed class LedgerTests
{
    private static readonly PlaysAttribute[] _players = [.. typeof(LedgerTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributes<PlaysAttribute>())];

    [Fact]
    public void EveryRecordedEntry_IsPlayedOrListed()
    {
        var differences = Differences.Load();
        var found = new List<string>();
        var (played, listed) = (0, 0);
        foreach (var topic in Recording.Topics)
        {
            foreach (var entry in Recording.Topic(topic))
            {
                if (_players.Any(player => player.Claims(topic, entry)))
                {
                    played++;
                }
                else
                {
                    found.AddRange(differences.Unexplained(topic, (string)entry["name"]!, [(Differences.NotReplayed, Kind(entry))]));
                    listed++;
                }
            }
        }

        found.AddRange(differences.UnusedNotReplayed());
        TestContext.Current.SendDiagnosticMessage($"{played} entries played, {listed} listed as not replayed.");
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Equal(808 + 163, played + listed);
    }

    [Fact]
    public void EveryDifference_HasAReason()
        => Assert.All(Differences.Load().Reasons, reason => Assert.EndsWith(".", reason, StringComparison.Ordinal));

    private static string Kind(JsonObject entry) => entry["request"] is null ? "observation" : "exchange";
}
