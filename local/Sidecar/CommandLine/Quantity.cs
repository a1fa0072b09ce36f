using System.Globalization;

namespace McpAspire.Sidecar.CommandLine;

/// <summary>A size as Kubernetes writes it: <c>4Mi</c>, <c>16Ki</c>, <c>1M</c>, <c>4194304</c>; -1 is no limit.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] _suffixes =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024),
        ("k", 1000m), ("M", 1000m * 1000), ("G", 1000m * 1000 * 1000),
    ];

    public static long Parse(string flag, string text)
        => TryParse(text, out var size)
            ? size
            : throw new CommandLineException($"The value '{text}' of --{flag} is not a size; allowed is a number with an optional Ki, Mi, Gi, k, M or G, for example 4Mi.");

    public static bool TryParse(string text, out long size)
    {
        size = 0;
        var factor = 1m;
        var number = text;
        foreach (var (suffix, value) in _suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                factor = value;
                number = text[..^suffix.Length];
                break;
            }
        }

        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || Math.Abs(amount) > long.MaxValue / factor)
        {
            return false;
        }

        size = (long)(amount * factor);
        return true;
    }
}
