using System.Globalization;
using McpAspire.Sidecar.CommandLine;
using YamlDotNet.RepresentationModel;

namespace McpAspire.Sidecar.Resources;

/// <summary>A YAML mapping read strictly: a field of another shape or an unknown one is an error with file and line.</summary>
internal sealed class YamlMap
{
    private readonly YamlMappingNode _node;
    private readonly string _file;
    private readonly string _path;
    private readonly bool _ignoreCase;

    /// <param name="node">What must be a mapping.</param>
    /// <param name="file">Where it is written.</param>
    /// <param name="path">Its place in the document.</param>
    /// <param name="ignoreCase">Whether fields are also known in another case: Dapr reads all resources but the Configuration that way.</param>
    public YamlMap(YamlNode node, string file, string path, bool ignoreCase = false)
    {
        _ignoreCase = ignoreCase;
        _file = file;
        _path = path;
        _node = node as YamlMappingNode
            ?? throw new ResourceException(new Position(file, (int)node.Start.Line), $"{Name(path)} must be a mapping (key: value).");
    }

    public Position Position => At(_node);

    public IEnumerable<string> Keys => _node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? string.Empty);

    public bool Has(string key) => Find(key) is not null;

    public Position PositionOf(string key) => Find(key) is { } node ? At(node) : Position;

    /// <summary>Refuses keys that mean nothing here: a mistyped <c>httpPipelin</c> would leave the app open.</summary>
    public YamlMap Only(params ReadOnlySpan<string> known)
    {
        var fields = known.ToArray();
        var seen = new HashSet<string>(Comparer);
        foreach (var key in _node.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? string.Empty;
            if (!fields.Contains(name, Comparer))
            {
                throw new ResourceException(At(key), $"{Name(_path)} has no field '{name}'{NearestName.Hint(name, fields)}.") { Rule = ProblemRules.UnknownField };
            }

            if (!seen.Add(name))
            {
                throw new ResourceException(At(key), $"{Name(_path)} has the field '{name}' twice.");
            }
        }

        return this;
    }

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value is "~" or "null" && scalar.Style == YamlDotNet.Core.ScalarStyle.Plain ? string.Empty : scalar.Value ?? string.Empty,
        var node => throw new ResourceException(At(node), $"{Name(Join(key))} must be a single value."),
    };

    public string Required(string key) => Text(key) is { Length: > 0 } text
        ? text
        : throw new ResourceException(PositionOf(key), $"{Name(Join(key))} is missing.");

    /// <summary>The whole number under <paramref name="key"/>, or <paramref name="otherwise"/> when there is none.</summary>
    public int Number(string key, int otherwise, int least) => Text(key) switch
    {
        null or "" => otherwise,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least => number,
        _ => throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least}")),
    };

    /// <summary>Says where a value is wrong and what would be right.</summary>
    public ResourceException Wrong(string key, string allowed)
        => new(PositionOf(key), $"{Name(Join(key))} is '{Text(key)}'; allowed is {allowed}.");

    public bool Switch(string key, bool otherwise) => Text(key) switch
    {
        null or "" => otherwise,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        var text => throw new ResourceException(PositionOf(key), $"{Name(Join(key))} is '{text}'; allowed are true and false."),
    };

    public YamlMap? Map(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Value: null or "" or "~" or "null" } => null,
        var node => new YamlMap(node, _file, Join(key), _ignoreCase),
    };

    public IReadOnlyList<YamlMap> Maps(string key)
        => [.. Items(key).Select(item => new YamlMap(item, _file, Join(key) + "[]", _ignoreCase))];

    public IReadOnlyList<string> Texts(string key)
        => [.. Items(key).Select(item => item is YamlScalarNode { Value: { } value }
            ? value
            : throw new ResourceException(At(item), $"{Name(Join(key))} must be a list of values."))];

    private IEnumerable<YamlNode> Items(string key) => Find(key) switch
    {
        null => [],
        YamlScalarNode { Value: null or "" or "~" or "null" } => [],
        YamlSequenceNode sequence => sequence.Children,
        var node => throw new ResourceException(At(node), $"{Name(Join(key))} must be a list."),
    };

    private StringComparer Comparer => _ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private YamlNode? Find(string key)
        => Find(key, StringComparer.Ordinal) ?? (_ignoreCase ? Find(key, StringComparer.OrdinalIgnoreCase) : null);

    private YamlNode? Find(string key, StringComparer comparer)
        => _node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode { Value: { } name } && comparer.Equals(name, key)).Value;

    private Position At(YamlNode node) => new(_file, (int)node.Start.Line);

    private string Join(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private static string Name(string path) => path.Length == 0 ? "The document" : $"'{path}'";
}
