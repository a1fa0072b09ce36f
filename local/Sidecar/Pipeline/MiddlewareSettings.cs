using System.Text.RegularExpressions;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Resources;
using McpAspire.Sidecar.Secrets;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>The metadata of one middleware component with its secrets resolved; names in any case, as in Dapr.</summary>
internal sealed class MiddlewareSettings
{
    private readonly Dictionary<string, (string Value, Position Position)> _values = new(StringComparer.OrdinalIgnoreCase);

    public MiddlewareSettings(ComponentResource component, ValueResolver resolver)
    {
        Component = component;
        foreach (var value in component.Metadata)
        {
            _values[value.Name] = (resolver.Resolve(value, component.SecretStore, component.Name), value.Position);
        }
    }

    public ComponentResource Component { get; }

    public IEnumerable<KeyValuePair<string, string>> All => _values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value));

    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_values.TryGetValue(name, out var found) && found.Value.Length > 0)
            {
                return found.Value;
            }
        }

        return null;
    }

    public string Required(params ReadOnlySpan<string> names)
        => Text(names) ?? throw Wrong(names[0], $"'{names[0]}' of the component '{Component.Name}' ({Component.Type}) is missing.");

    public Uri RequiredUrl(string name)
    {
        var text = Required(name);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw Wrong(name, $"'{name}' of the component '{Component.Name}' is '{text}'; allowed is an absolute http or https URL.");
    }

    public string RequiredHeaderName(string name)
    {
        var text = Required(name);
        return text.All(IsTokenCharacter)
            ? text
            : throw Wrong(name, $"'{name}' of the component '{Component.Name}' is '{text}', which is no header name.");
    }

    public bool Switch(string name) => Text(name) switch
    {
        null => false,
        var text when bool.TryParse(text, out var value) => value,
        "1" or "yes" or "y" or "on" => true,
        "0" or "no" or "n" or "off" => false,
        var text => throw Wrong(name, $"'{name}' of the component '{Component.Name}' is '{text}'; allowed are true and false."),
    };

    /// <summary>A list separated by commas; daprd splits on nothing else.</summary>
    public IReadOnlyList<string> List(string name)
        => (Text(name) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public PathFilter PathFilter()
    {
        try
        {
            return Pipeline.PathFilter.Parse(Text("pathFilter"));
        }
        catch (FormatException exception)
        {
            throw Wrong("pathFilter", $"'pathFilter' of the component '{Component.Name}' is not an RE2 expression: {exception.Message}.");
        }
    }

    public Regex RequiredRegex(string name)
    {
        try
        {
            return Pipeline.PathFilter.Compile(Required(name));
        }
        catch (FormatException exception)
        {
            throw Wrong(name, $"'{name}' of the component '{Component.Name}' is not an RE2 expression: {exception.Message}.");
        }
    }

    /// <summary>Names that mean nothing to this middleware, each with the one that was probably meant.</summary>
    public IEnumerable<string> Unknown(params string[] known)
        => _values
            .Where(pair => !known.Contains(pair.Key, StringComparer.OrdinalIgnoreCase))
            .Select(pair => $"{pair.Value.Position}: '{pair.Key}' means nothing to {Component.Type}{NearestName.Hint(pair.Key, known)}.");

    public ResourceException Wrong(string name, string message)
        => new(_values.TryGetValue(name, out var found) ? found.Position : Component.Position, message) { Rule = ProblemRules.MetadataInvalid };

    private static bool IsTokenCharacter(char character)
        => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
