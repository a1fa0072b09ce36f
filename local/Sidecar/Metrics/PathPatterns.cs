namespace McpAspire.Sidecar.Metrics;

/// <summary>
/// <c>spec.metrics.http.pathMatching</c>, with the patterns of Go's ServeMux: <c>{id}</c> is one segment,
/// <c>{rest...}</c> or a slash at the end all that follow, <c>{$}</c> the end. The most specific one wins. Each also
/// stands for itself behind <c>/v1.0/invoke/{app_id}/method</c>.
/// </summary>
internal sealed class PathPatterns
{
    private const string Invoke = "/v1.0/invoke/";

    private readonly Pattern[] _patterns;

    public PathPatterns(IEnumerable<string> patterns)
    {
        _patterns =
        [
            .. patterns.Select(Normalize)
                .SelectMany(pattern => pattern.StartsWith(Invoke, StringComparison.Ordinal) ? [pattern] : new[] { pattern, $"{Invoke}{{app_id}}/method{pattern}" })
                .Distinct(StringComparer.Ordinal)
                .Select(text => new Pattern(text))
                .Order(),
        ];
    }

    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>The pattern for a path; null when there is none.</summary>
    public string? Match(string path)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(path))
            {
                return pattern.Text;
            }
        }

        return null;
    }

    private static string Normalize(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal))
        {
            path = path.Replace("//", "/", StringComparison.Ordinal);
        }

        return path.StartsWith('/') ? path : "/" + path;
    }

    private sealed class Pattern : IComparable<Pattern>
    {
        private readonly string[] _segments;
        private readonly bool _takesRest;

        public Pattern(string text)
        {
            Text = text;
            var segments = text[1..].Split('/');
            _takesRest = segments[^1].Length == 0 || segments[^1].EndsWith("...}", StringComparison.Ordinal);
            _segments = _takesRest || segments[^1] == "{$}" ? segments[..^1] : segments;
        }

        public string Text { get; }

        /// <summary>Literals before wildcards, longer ones before shorter ones, the ones that end before those that take the rest.</summary>
        public int CompareTo(Pattern? other)
        {
            for (var i = 0; i < Math.Min(_segments.Length, other!._segments.Length); i++)
            {
                if (IsWildcard(_segments[i]) != IsWildcard(other._segments[i]))
                {
                    return IsWildcard(_segments[i]) ? 1 : -1;
                }
            }

            return _segments.Length != other._segments.Length ? other._segments.Length - _segments.Length : _takesRest.CompareTo(other._takesRest);
        }

        public bool Matches(string path)
        {
            var rest = path.AsSpan(1);
            for (var i = 0; i < _segments.Length; i++)
            {
                var slash = rest.IndexOf('/');
                var segment = slash < 0 ? rest : rest[..slash];
                if (segment.IsEmpty || !(IsWildcard(_segments[i]) || segment.SequenceEqual(_segments[i])))
                {
                    return false;
                }

                rest = slash < 0 ? [] : rest[(slash + 1)..];
                if (slash < 0 && i < _segments.Length - 1)
                {
                    return false;
                }
            }

            return _takesRest || rest.IsEmpty;
        }

        private static bool IsWildcard(string segment) => segment.Length > 1 && segment[0] == '{' && segment[^1] == '}';
    }
}
