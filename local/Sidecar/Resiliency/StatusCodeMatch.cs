using System.Globalization;

namespace McpAspire.Sidecar.Resiliency;

/// <summary>Status codes as a retry's <c>matching</c> lists them: <c>429,500-599</c>.</summary>
internal sealed class StatusCodeMatch
{
    private readonly (int First, int Last)[]? _ranges;

    private StatusCodeMatch((int First, int Last)[]? ranges) => _ranges = ranges;

    /// <summary>Without a list every failed answer counts.</summary>
    public static StatusCodeMatch Every { get; } = new(null);

    /// <summary>False for anything that daprd refuses too; it allows no spaces.</summary>
    public static bool TryParse(string text, int least, int most, out StatusCodeMatch match)
    {
        match = Every;
        var ranges = new List<(int First, int Last)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryCode(ends[0], least, most, out var first) || !TryCode(ends[^1], least, most, out var last) || last < first)
            {
                return false;
            }

            ranges.Add((first, last));
        }

        match = ranges.Count == 0 ? Every : new StatusCodeMatch([.. ranges]);
        return true;
    }

    public bool Covers(int code)
    {
        if (_ranges is null)
        {
            return true;
        }

        foreach (var (first, last) in _ranges)
        {
            if (code >= first && code <= last)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryCode(string text, int least, int most, out int code)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code >= least && code <= most;
}
