using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit.v3;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>
/// Makes a test the player of recorded entries: those of its topics whose name fits. The test fails when it leaves one
/// of them out, and <see cref="LedgerTests"/> when an entry has no player.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class PlaysAttribute(params string[] topics) : BeforeAfterTestAttribute
{
    public IReadOnlyList<string> Topics { get; } = topics;

    /// <summary>A regular expression for the whole name.</summary>
    public string Names { get; init; } = ".*";

    /// <summary>Names that another test plays, or that are listed as not replayed.</summary>
    public string? Except { get; init; }

    internal bool Claims(string topic, JsonObject entry)
    {
        var name = (string)entry["name"]!;
        return Topics.Contains(topic) && Fits(Names, name) && !(Except is not null && Fits(Except, name));
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        // A theory plays the topic that it was given.
        var topics = test.TestMethodArguments.OfType<string>().Where(Topics.Contains).ToArray();
        var forgotten = (topics.Length == 0 ? Topics : topics)
            .SelectMany(topic => Recording.Topic(topic).Where(entry => Claims(topic, entry) && !Ledger.IsPlayed(test.UniqueID, topic, entry)).Select(entry => $"{topic} / {entry["name"]}"))
            .ToArray();
        if (TestContext.Current.TestState?.Result != TestResult.Skipped)
        {
            Assert.True(forgotten.Length == 0, "Not played: " + string.Join("; ", forgotten));
        }
    }

    private static bool Fits(string pattern, string name) => Regex.IsMatch(name, $"^(?:{pattern})$", RegexOptions.Singleline);
}
