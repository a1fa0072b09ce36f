using Microsoft.Extensions.Primitives;

namespace McpAspire.Sidecar.Telemetry;

/// <summary>Checks W3C baggage: a malformed one is refused, as daprd does.</summary>
internal static class BaggageHeader
{
    private const int MaxLength = 8192;

    public static string? Complaint(StringValues headers)
    {
        foreach (var header in headers)
        {
            if (header is null)
            {
                continue;
            }

            if (header.Length > MaxLength)
            {
                return $"baggage-string too large: {header.Length}";
            }

            foreach (var range in header.AsSpan().Split(','))
            {
                if (Complaint(header.AsSpan()[range].Trim()) is { } complaint)
                {
                    return complaint;
                }
            }
        }

        return null;
    }

    private static string? Complaint(ReadOnlySpan<char> member)
    {
        if (member.IsEmpty)
        {
            return null;
        }

        var first = true;
        string? complaint = null;
        foreach (var range in member.Split(';'))
        {
            var part = member[range].Trim();
            var equals = part.IndexOf('=');
            var key = (equals < 0 ? part : part[..equals]).Trim();
            if (key.IsEmpty || !IsToken(key))
            {
                // Go's parser reads the properties first.
                complaint = first ? complaint ?? $"invalid baggage list-member: \"{member}\"" : $"invalid baggage list-member property: \"{part}\"";
            }
            else if (first && equals < 0)
            {
                complaint = $"invalid baggage list-member: \"{member}\"";
            }

            first = false;
        }

        return complaint;
    }

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !"!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
