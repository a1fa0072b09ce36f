using System.Text.RegularExpressions;
using McpAspire.Sidecar.Api;
using McpAspire.Sidecar.CommandLine;
using McpAspire.Sidecar.Pipeline;
using McpAspire.Sidecar.Secrets;

namespace McpAspire.Sidecar.Resources;

/// <summary>The metadata of one component with its secrets resolved; names in any case, as in Dapr.</summary>
internal sealed class ComponentSettings
{
    private const string Unsaid = "(what its secret or variable holds)";

    private readonly Dictionary<string, (string Value, Position Position)> _values = new(StringComparer.OrdinalIgnoreCase);

    public ComponentSettings(ComponentResource component, ValueResolver resolver)
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

    /// <summary>Whether a value was taken from a secret store or an environment variable.</summary>
    public bool IsSecret(string name)
        => Component.Metadata.Last(value => value.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Secret: not null } or { EnvironmentVariable: not null };

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
        return HeaderText.IsName(text)
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

    /// <summary>
    /// Whether a component made of these would be the one made of <paramref name="other"/>. A value with <c>{uuid}</c> is another
    /// one at each reading, a secret only when it was changed: the former counts as written, the latter as read.
    /// </summary>
    public bool IsSameAs(ComponentSettings other)
        => Component.Name == other.Component.Name
           && Component.Type == other.Component.Type
           && Component.Version == other.Component.Version
           && Component.Metadata.Select(Comparable).SequenceEqual(other.Component.Metadata.Select(other.Comparable));

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
            return Pipeline.Re2.Compile(Required(name));
        }
        catch (FormatException exception)
        {
            throw Wrong(name, $"'{name}' of the component '{Component.Name}' is not an RE2 expression: {exception.Message}.");
        }
    }

    /// <summary>Names that mean nothing to this component, each with the one that was probably meant.</summary>
    public IEnumerable<string> Unknown(params string[] known)
        => _values
            .Where(pair => !known.Contains(pair.Key, StringComparer.OrdinalIgnoreCase))
            .Select(pair => $"{pair.Value.Position}: '{pair.Key}' means nothing to {Component.Type}{NearestName.Hint(pair.Key, known)}.");

    /// <summary>A part of the value <paramref name="name"/> as a message may have it.</summary>
    public string Quoted(string name, string? part) => IsSecret(name) ? Unsaid : $"'{part}'";

    /// <summary>What came from a secret store or the environment is not repeated, nor who logs in by a URL.</summary>
    public ResourceException Wrong(string name, string message)
    {
        foreach (var secret in Component.Metadata.Where(value => IsSecret(value.Name)).Select(value => _values[value.Name].Value).Where(value => value.Length > 0))
        {
            message = message.Replace($"'{secret}'", Unsaid, StringComparison.Ordinal);
        }

        return new(_values.TryGetValue(name, out var found) ? found.Position : Component.Position, UrlText.WithoutUsers(message)) { Rule = ProblemRules.MetadataInvalid };
    }

    private (string Name, string? Value) Comparable(MetadataValue value)
        => (value.Name, value.Secret is null && value.EnvironmentVariable is null ? value.Value : _values[value.Name].Value);
}
