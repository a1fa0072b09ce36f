using System.Globalization;

namespace McpAspire.Sidecar.CommandLine;

/// <summary>A size as Kubernetes writes it: <c>4Mi</c>, <c>16Ki</c>, <c>1M</c>, <c>4194304</c>, <c>1e6</c>; -1 is no limit.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] _suffixes =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <param name="most">The largest that is allowed, as a size.</param>
    public static long Parse(string flag, string text, string most)
        => TryParse(text, out var size) && TryParse(most, out var limit) && size <= limit
            ? size
            : throw new CommandLineException($"The value '{text}' of --{flag} is not a size up to {most}; allowed are numbers with an optional Ki, Mi, Gi, Ti, k, M, G, T or exponent, for example 4Mi or 1e6.");

    public static bool TryParse(string text, out long size)
    {
        size = 0;
        var factor = 1m;
        var (number, style) = (text, NumberStyles.AllowExponent);
        foreach (var (suffix, value) in _suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                factor = value;
                (number, style) = (text[..^suffix.Length], NumberStyles.None);
                break;
            }
        }

        if (!decimal.TryParse(number, style | NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || Math.Abs(amount) > long.MaxValue / factor
            || Math.Abs(amount * factor) > long.MaxValue) // the quotient is rounded
        {
            return false;
        }

        size = (long)(amount * factor);
        return true;
    }
}
