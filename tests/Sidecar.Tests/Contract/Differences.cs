using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>Where this sidecar answers differently on purpose: one file, each entry with its reason.</summary>
internal sealed class Differences
{
    private readonly List<Entry> _entries;

    private Differences(List<Entry> entries) => _entries = entries;

    public static Differences Load()
    {
        var entries = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contract", "differences.json")))!.AsArray();
        return new Differences([.. entries.OfType<JsonObject>().Select(entry => new Entry(
            new Regex($"^(?:{(string)entry["topic"]!})$"),
            new Regex($"^(?:{(string)entry["name"]!})$"),
            [.. entry["what"]!.AsArray().Select(what => (string)what!)],
            new Regex((string?)entry["detail"] ?? string.Empty),
            (bool?)entry["sometimes"] == true,
            (string)entry["why"]!))]);
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
        => _entries.Where(entry => !entry.Used && !entry.IsByTiming && entry.Topic.ToString() == $"^(?:{topic})$").Select(entry => $"{topic} / {entry.Name}: listed as a difference, but equal");

    private sealed record Entry(Regex Topic, Regex Name, string[] What, Regex Detail, bool IsByTiming, string Why)
    {
        public bool Used { get; set; }
    }
}
