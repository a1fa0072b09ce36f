using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Where this sidecar answers differently on purpose: one file, each entry with its reason.</summary>
internal sealed class Differences
{
    /// <summary>What an entry of the file is about when a recorded entry has no player.</summary>
    public const string NotReplayed = "not replayed";

    private readonly List<Entry> _entries;

    private Differences(List<Entry> entries) => _entries = entries;

    public static Differences Load()
    {
        var entries = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contract", "differences.json")))!.AsArray();
        var all = entries.OfType<JsonObject>().Select(entry => new Entry(
            new Regex($"^(?:{(string)entry["topic"]!})$"),
            new Regex($"^(?:{(string)entry["name"]!})$"),
            [.. entry["what"]!.AsArray().Select(what => (string)what!)],
            new Regex((string?)entry["detail"] ?? string.Empty),
            (bool?)entry["sometimes"] == true,
            (bool?)entry["rig"] == true,
            (string)entry["why"]!));
        return new Differences([.. all.Where(entry => SidecarProcess.IsDaprd ? entry.IsOfRig || entry.IsByTiming || entry.What.Contains(NotReplayed) : !entry.IsOfRig)]);
    }

    public IEnumerable<string> Reasons => _entries.Select(entry => entry.Why);

    /// <summary>Takes out the mismatches that are meant, and notes which entries were needed.</summary>
    public List<string> Unexplained(string topic, string name, IEnumerable<(string What, string Detail)> mismatches)
    {
        var left = new List<string>();
        foreach (var (what, detail) in mismatches)
        {
            var entry = _entries.FirstOrDefault(entry => entry.Topic.IsMatch(topic) && entry.Name.IsMatch(name) && entry.What.Contains(what) && entry.Detail.IsMatch(detail));
            if (entry is null)
            {
                left.Add($"{topic} / {name}: {what}: {detail}");
            }
            else
            {
                entry.Used = true;
            }
        }

        return left;
    }

    /// <summary>Entries for this topic that explained nothing: a difference that is gone must leave the file.</summary>
    public IEnumerable<string> Unused(string topic)
    {
        if (SidecarProcess.IsDaprd)
        {
            return [];
        }

        var played = Recording.Topic(topic).ToLookup(entry => Ledger.IsPlayed(TestContext.Current.Test!.UniqueID, topic, entry), entry => (string)entry["name"]!);
        return _entries
            .Where(entry => !entry.Used && !entry.IsByTiming && !entry.What.Contains(NotReplayed) && entry.Topic.ToString() == $"^(?:{topic})$")
            .Where(entry => !played[false].Any(entry.Name.IsMatch)) // another test has part of them
            .Select(entry => $"{topic} / {entry.Name}: {string.Join(", ", entry.What)}: listed as a difference, but equal");
    }

    /// <summary>Entries for what is not replayed, where all of it is.</summary>
    public IEnumerable<string> UnusedNotReplayed()
        => _entries.Where(entry => !entry.Used && entry.What.Contains(NotReplayed)).Select(entry => $"{entry.Topic} / {entry.Name}: listed as not replayed, but it is");

    private sealed record Entry(Regex Topic, Regex Name, string[] What, Regex Detail, bool IsByTiming, bool IsOfRig, string Why)
    {
        public bool Used { get; set; }
    }
}
