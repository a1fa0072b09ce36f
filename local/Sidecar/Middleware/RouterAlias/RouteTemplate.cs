using System.Text.RegularExpressions;

namespace McpAspire.Sidecar.Middleware.RouterAlias;

/// <summary>A path with <c>{name}</c> or <c>{name:expression}</c> segments.</summary>
internal sealed partial class RouteTemplate
{
    private readonly Regex _regex;
    private readonly List<string> _names = [];

    private RouteTemplate(string template)
    {
        var pattern = new System.Text.StringBuilder("^");
        var last = 0;
        foreach (Match parameter in Parameter().Matches(template))
        {
            pattern.Append(Regex.Escape(template[last..parameter.Index]));
            _names.Add(parameter.Groups[1].Value);
            var expression = parameter.Groups[2].Success ? parameter.Groups[2].Value : "[^/]+";
            pattern.Append('(').Append(expression.Replace("(", "(?:", StringComparison.Ordinal)).Append(')');
            last = parameter.Index + parameter.Length;
        }

        pattern.Append(Regex.Escape(template[last..])).Append("\\z");
        _regex = Pipeline.Re2.Compile(pattern.ToString());
    }

    /// <summary>Throws <see cref="FormatException"/> for an expression that RE2 has not.</summary>
    public static RouteTemplate Parse(string template) => new(template);

    public bool TryMatch(string path, out IReadOnlyList<KeyValuePair<string, string>> values)
    {
        var match = _regex.Match(path);
        values = match.Success ? [.. _names.Select((name, index) => KeyValuePair.Create(name, match.Groups[index + 1].Value))] : [];
        return match.Success;
    }

    [GeneratedRegex(@"\{([A-Za-z0-9_]+)(?::([^{}]+))?\}")]
    private static partial Regex Parameter();
}
