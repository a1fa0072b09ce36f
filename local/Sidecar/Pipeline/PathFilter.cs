using System.Text.RegularExpressions;
using McpAspire.Sidecar.Invocation;

namespace McpAspire.Sidecar.Pipeline;

/// <summary>
/// A middleware's <c>pathFilter</c>: an RE2 expression that is looked for in the cleaned path, so that
/// <c>//mcp</c> and <c>/x/../mcp</c> cannot slip past one written for <c>/mcp</c>. What is encoded more than once must
/// give the same answer however often it is decoded. The app may drop a control character, which hides
/// the path from the filter: one that passes it must have none.
/// </summary>
internal sealed class PathFilter
{
    private readonly Regex? _regex;

    private PathFilter(Regex? regex) => _regex = regex;

    public static PathFilter Everything { get; } = new(null);

    public static PathFilter Parse(string? pattern)
        => string.IsNullOrEmpty(pattern) ? Everything : new PathFilter(Re2.Compile(pattern));

    public FilterVerdict Judge(string path)
    {
        if (_regex is null)
        {
            return FilterVerdict.Applies;
        }

        if (PathLayers.IsPlain(path))
        {
            return _regex.IsMatch(ByteString.ToText(path)) ? FilterVerdict.Applies : Passes(path);
        }

        if (!PathLayers.TryRead(path, out var layers))
        {
            return FilterVerdict.Ambiguous;
        }

        var matches = layers.Count(layer => _regex.IsMatch(ByteString.ToText(layer)));
        return matches == 0 ? Passes(layers) : matches == layers.Count ? FilterVerdict.Applies : FilterVerdict.Ambiguous;
    }

    /// <summary>Bytes, not characters: what is above ASCII is part of a UTF-8 sequence.</summary>
    private static FilterVerdict Passes(params IEnumerable<string> layers)
        => layers.Any(layer => layer.AsSpan().ContainsAnyInRange('\0', '\x1F') || layer.Contains('\x7F', StringComparison.Ordinal)) ? FilterVerdict.Ambiguous : FilterVerdict.Passes;
}
