using System.Text.Json.Nodes;

namespace McpAspire.IdentityProvider.Tests.Contract;

/// <summary>The exchanges of one topic, as a real Keycloak 26.7.3 answered them.</summary>
internal sealed class Recording
{
    private const string RecordedHost = "localhost:8080";

    private readonly string _baseUrl;

    public Recording(string topic, string baseUrl, params (string Recorded, string Here)[] hosts)
    {
        Topic = topic;
        _baseUrl = baseUrl;
        Exchanges = [.. Load(topic, [(RecordedHost, new Uri(baseUrl).Authority), .. hosts]).AsArray().Select(node => new Exchange(topic, node!.AsObject()))];
        foreach (var again in Exchanges.GroupBy(exchange => exchange.Name).SelectMany(group => group.Skip(1)).ToList())
        {
            again.Json["name"] = $"{again.Name} (2)";
        }
    }

    public string Topic { get; }

    public string Authority => new Uri(_baseUrl).Authority;

    public IReadOnlyList<Exchange> Exchanges { get; }

    public Exchange this[string name] => Exchanges.FirstOrDefault(exchange => exchange.Name == name)
        ?? throw new ArgumentException($"{Topic} has no exchange \"{name}\"");

    /// <summary>Names of all topics, without those that hold no exchange.</summary>
    public static IEnumerable<string> Topics
        => Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Where(name => name[0] != '_').Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Contract", "Recordings");

    /// <summary>Follows <c>as in: x</c> and <c>as in: file: x</c>.</summary>
    public JsonNode Resolve(JsonNode node, string part)
    {
        while (node is JsonValue && (string?)node is { } text && text.StartsWith("as in: ", StringComparison.Ordinal))
        {
            var target = text["as in: ".Length..];
            var colon = target.IndexOf(": ", StringComparison.Ordinal);
            var recording = colon > 0 && Topics.Contains(target[..colon]) ? new Recording(target[..colon], _baseUrl) : this;
            var name = recording == this ? target : target[(colon + 2)..];
            node = recording[name].Json["decoded"]![part]!;
            if (recording != this)
            {
                return recording.Resolve(node, part);
            }
        }

        return node;
    }

    private static JsonNode Load(string topic, (string Recorded, string Here)[] hosts)
    {
        var text = File.ReadAllText(Path.Combine(Folder, $"{topic}.json"));
        foreach (var (recorded, here) in hosts)
        {
            text = text.Replace(recorded, here, StringComparison.Ordinal)
                .Replace(Uri.EscapeDataString(recorded), Uri.EscapeDataString(here), StringComparison.Ordinal);
        }

        return JsonNode.Parse(text)!;
    }
}

/// <summary>One request and its answer.</summary>
internal sealed record Exchange(string Topic, JsonObject Json)
{
    public string Name => (string)Json["name"]!;

    public JsonObject? Request => Json["request"]?.AsObject();

    public JsonObject? Response => Json["response"]?.AsObject();

    public override string ToString() => $"{Topic}: {Name}";
}
