using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>
/// What every player goes through. A comparison is run on the recorded entry, and again on copies of it with one value
/// changed each: where that makes no difference the value was not compared, which is a mismatch like any other.
/// </summary>
internal static class Ledger
{
    private static readonly ConcurrentDictionary<(string Test, string Topic, int Index), bool> _played = new();

    public static List<string> Compare(Differences differences, string topic, JsonObject entry, Func<JsonObject, IEnumerable<(string What, string Detail)>> compare)
    {
        (string What, string Detail)[] mismatches = [.. compare(entry)];
        var ignored = SidecarProcess.IsDaprd ? [] : Leaves.Of(entry)
            .Where(leaf => !IsGone(leaf, mismatches) && mismatches.SequenceEqual(compare(leaf.Change(entry))))
            .Select(leaf => ("not compared", leaf.Path));
        return Note(differences, topic, entry, [.. mismatches, .. ignored]);
    }

    /// <summary>An entry that differs as a whole: there is nothing to compare it with.</summary>
    public static List<string> Differs(Differences differences, string topic, JsonObject entry, string what, string detail)
        => Note(differences, topic, entry, [(what, detail)]);

    public static bool IsPlayed(string test, string topic, JsonObject entry) => _played.ContainsKey((test, topic, (int)entry["index"]!));

    private static List<string> Note(Differences differences, string topic, JsonObject entry, IEnumerable<(string What, string Detail)> mismatches)
    {
        _played[(TestContext.Current.Test!.UniqueID, topic, (int)entry["index"]!)] = true;
        return differences.Unexplained(topic, (string)entry["name"]!, mismatches);
    }

    /// <summary>What a request was like cannot be compared when none came.</summary>
    private static bool IsGone(Leaf leaf, (string What, string Detail)[] mismatches)
        => leaf.Path.StartsWith("app_saw", StringComparison.Ordinal) && mismatches.Any(mismatch => mismatch.What is "reached" or "requests");
}
