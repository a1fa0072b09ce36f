using System.Text.Json.Nodes;

namespace McpAspire.Sidecar.Tests.Contract;

/// <summary>The recordings of a real daprd, one file a topic.</summary>
internal static class Recording
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Contract", "recordings");

    public static IReadOnlyList<JsonObject> Topic(string topic)
    {
        var entries = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, topic + ".json")))!.AsArray();
        string? config = null;
        var list = new List<JsonObject>();
        foreach (var entry in entries.OfType<JsonObject>())
        {
            // "config" is left out when it is that of the entry before.
            config = (string?)entry["config"] ?? config;
            entry["config"] = config;
            list.Add(entry);
        }

        return list;
    }
}
