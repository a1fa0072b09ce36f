using System.Globalization;

namespace McpAspire.Sidecar.Resources;

/// <summary>A duration as Go writes it: <c>1m30s</c>, <c>1.5h</c>, <c>500ms</c>; a bare number is milliseconds, as in Dapr.</summary>
internal static class GoDuration
{
    private const string Allowed = "a duration such as 500ms, 5s, 1m30s or 2h (at most 1000h), or a number of milliseconds";

    /// <summary>What timers can wait for, rounded down.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromHours(1000);

    private static readonly (string Unit, double Milliseconds)[] _units =
    [
        ("ns", 1e-6), ("us", 1e-3), ("µs", 1e-3), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
    ];

    /// <summary>The duration under <paramref name="key"/>, or <paramref name="otherwise"/> when there is none.</summary>
    public static TimeSpan Read(YamlMap map, string key, TimeSpan otherwise)
        => map.Text(key) is not { Length: > 0 } text
            ? otherwise
            : Parse(map, key, text);

    public static TimeSpan Required(YamlMap map, string key) => Parse(map, key, map.Required(key));

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (!TryMilliseconds(text, out var milliseconds) || milliseconds > _longest.TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    private static TimeSpan Parse(YamlMap map, string key, string text)
        => TryParse(text, out var duration) ? duration : throw map.Wrong(key, Allowed);

    private static bool TryMilliseconds(string text, out double milliseconds)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            milliseconds = number;
            return true;
        }

        milliseconds = 0;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny("0123456789.");
            var unit = letters < 0 ? rest : rest[..letters];
            var factor = FactorOf(unit);
            if (factor is null)
            {
                return false;
            }

            milliseconds += amount * factor.Value;
            rest = rest[unit.Length..];
        }

        return text.Length > 0;
    }

    private static double? FactorOf(ReadOnlySpan<char> unit)
    {
        foreach (var (name, milliseconds) in _units)
        {
            if (unit.SequenceEqual(name))
            {
                return milliseconds;
            }
        }

        return null;
    }
}
