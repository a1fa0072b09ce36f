using System.Text.Json;

namespace McpAspire.IdentityProvider.Realm;

/// <summary>An object of the realm file that remembers its path and which of its members were read.</summary>
internal sealed class RealmNode
{
    private readonly JsonElement _element;
    private readonly HashSet<string> _read = [];

    public RealmNode(JsonElement element, string path, RealmReport report)
    {
        Path = path;
        Report = report;
        _element = element.ValueKind == JsonValueKind.Object
            ? element
            : throw report.Refuse(path, $"is {Kind(element)}; an object is expected.");
    }

    public string Path { get; }

    public RealmReport Report { get; }

    public bool Has(string name) => _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public string? String(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.True } => "true",
        { ValueKind: JsonValueKind.False } => "false",
        { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
        { } value => throw Wrong(name, value, "a string"),
    };

    public string RequiredString(string name) => String(name) is { Length: > 0 } value
        ? value
        : throw Report.Refuse(Path, $"\"{name}\" is missing or empty.");

    public bool Bool(string name, bool otherwise) => Find(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } value when bool.TryParse(value.GetString(), out var parsed) => parsed,
        { } value => throw Wrong(name, value, "true or false"),
    };

    public int Int(string name, int otherwise, int minimum = 0) => Find(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number >= minimum => number,
        { } value => throw Wrong(name, value, $"a whole number of at least {minimum}"),
    };

    public RealmNode? Object(string name) => Find(name) is { } value ? new RealmNode(value, Join(name), Report) : null;

    public IReadOnlyList<RealmNode> Objects(string name)
        => [.. Elements(name).Select((item, index) => new RealmNode(item, $"{Join(name)}[{index}]", Report))];

    public IReadOnlyList<string> Strings(string name)
        => [.. Elements(name).Select((item, index) => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw Report.Refuse($"{Join(name)}[{index}]", $"is {Kind(item)}; a string is expected."))];

    /// <summary>The members of an object whose values are strings, such as <c>attributes</c> or <c>config</c>.</summary>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var node = Object(name);
        return node is null
            ? new Dictionary<string, string>()
            : node.Names.ToDictionary(key => key, key => node.String(key) ?? "");
    }

    /// <summary>The members of an object whose values are lists of strings, such as a user's attributes.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ListMap(string name)
    {
        var node = Object(name);
        return node is null
            ? new Dictionary<string, IReadOnlyList<string>>()
            : node.Names.ToDictionary(key => key, node.Strings);
    }

    public IEnumerable<string> Names => _element.EnumerateObject().Select(member => member.Name);

    public JsonElement Element(string name) => Find(name) ?? default;

    /// <summary>Members that describe the realm for people or for Keycloak's own console, and change nothing on the wire.</summary>
    public void Skip(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _read.Add(name);
        }
    }

    /// <summary>Reports every member that nothing has read.</summary>
    public void Finish()
    {
        foreach (var name in Names.Where(name => !_read.Contains(name)))
        {
            Report.Ignore(Join(name));
        }
    }

    public string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private JsonElement? Find(string name)
    {
        _read.Add(name);
        return _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private IEnumerable<JsonElement> Elements(string name) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value => value.EnumerateArray(),
        { ValueKind: JsonValueKind.String } value => [value],
        { } value => throw Wrong(name, value, "a list"),
    };

    private RealmFileException Wrong(string name, JsonElement value, string expected)
        => Report.Refuse(Join(name), $"is {Kind(value)}; {expected} is expected.");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => $"the number {value.GetRawText()}",
        JsonValueKind.String => "a string that does not fit",
        _ => value.GetRawText(),
    };
}
