using System.Text.Json.Nodes;
using McpAspire.Sidecar.Tests.Rig;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The recordings of a real daprd, one file a topic.</summary>
internal static class Recording
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Contract", "recordings");

    public static IReadOnlyList<string> Topics { get; } = [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<JsonObject> Topic(string topic, Func<string, string>? change = null)
    {
        var text = File.ReadAllText(Path.Combine(Folder, topic + ".json"));
        var entries = JsonNode.Parse(change is null ? text : change(text))!.AsArray();
        string? config = null;
        var list = new List<JsonObject>();
        foreach (var entry in entries.OfType<JsonObject>())
        {
            // "config" is left out when it is that of the entry before.
            config = (string?)entry["config"] ?? config;
            entry["config"] = config;
            entry["index"] = list.Count;
            if ((string?)entry["same_as"] is { } same && list.FirstOrDefault(other => (string)other["name"]! == same) is { } original)
            {
                foreach (var key in new[] { "request", "app_saw", "response" })
                {
                    entry[key] = original[key]?.DeepClone();
                }
            }

            list.Add(entry);
        }

        return SidecarProcess.IsDaprd ? [.. list.Where(entry => !((string)entry["name"]!).Contains("dapr run", StringComparison.Ordinal))] : list; // of another executable
    }
}
