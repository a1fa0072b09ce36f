namespace McpAspire.Sidecar.Resources;

/// <summary>
/// An operation of a policy: a path in any case, and all below it. <c>*</c> stands for any text in a segment,
/// <c>**</c> as the last segment for all that follow.
/// </summary>
internal sealed record OperationPolicy(IReadOnlyList<string> Segments, IReadOnlyList<string> Verbs, bool IsAllowed) : IComparable<OperationPolicy>
{
    public static OperationPolicy Read(YamlMap operation)
    {
        operation.Only("name", "httpVerb", "action");
        var verbs = operation.Texts("httpVerb");
        return new OperationPolicy(
            operation.Required("name").Trim('/').ToLowerInvariant().Split('/'),
            verbs.Count > 0 ? verbs : throw new ResourceException(operation.PositionOf("httpVerb"), "'httpVerb' is missing; allowed are verbs such as GET, and \"*\"."),
            AccessControl.ReadAction(operation, "action") ?? throw new ResourceException(operation.PositionOf("action"), "'action' is missing; allowed are allow and deny."));
    }

    /// <summary>Longer ones are greater, and of equal length the one that has its wildcard later.</summary>
    public int CompareTo(OperationPolicy? other)
    {
        for (var i = 0; i < Math.Min(Segments.Count, other!.Segments.Count); i++)
        {
            if (HasWildcard(Segments[i]) != HasWildcard(other.Segments[i]))
            {
                return HasWildcard(Segments[i]) ? -1 : 1;
            }
        }

        return Segments.Count - other.Segments.Count;
    }

    public bool Covers(string path)
    {
        var parts = path.ToLowerInvariant().Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < Segments.Count; i++)
        {
            if (i == Segments.Count - 1 && Segments[i] is "**" or "")
            {
                return true;
            }

            if (i == parts.Length)
            {
                return i == Segments.Count - 1 && Segments[i] == "*";
            }

            if (!IsMatch(parts[i], Segments[i]))
            {
                return false;
            }
        }

        // A single-segment wildcard ends there; a name covers what is below it.
        return parts.Length == Segments.Count || Segments[^1] != "*";
    }

    /// <summary>Null: this verb is not spoken of.</summary>
    public bool? Allows(string verb)
        => Verbs.Contains("*") || Verbs.Contains(verb, StringComparer.OrdinalIgnoreCase) ? IsAllowed : null;

    private static bool HasWildcard(string segment) => segment.Contains('*', StringComparison.Ordinal);

    private static bool IsMatch(string text, string pattern)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return text == pattern;
        }

        if (text.Length < pattern.Length - (parts.Length - 1) || !text.StartsWith(parts[0], StringComparison.Ordinal) || !text.EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        var at = parts[0].Length;
        var end = text.Length - parts[^1].Length;
        foreach (var part in parts[1..^1])
        {
            var found = text.AsSpan(at, end - at).IndexOf(part, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at += found + part.Length;
        }

        return true;
    }
}
