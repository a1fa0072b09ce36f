using System.Globalization;
using McpAspire.Client.CommandLine;

namespace McpAspire.Client.Configuration;

/// <summary>Reads settings; a bad value stops the start with a sentence that names key, value and what is allowed.</summary>
internal sealed class SettingsReader(IConfiguration configuration, string section)
{
    public string? Text(string name)
        => configuration[Key(name)] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>A duration such as <c>30s</c>, <c>5m</c>, <c>2h</c> or <c>00:00:30</c>. A bare number would be days for .NET: refused.</summary>
    public TimeSpan Duration(string name, TimeSpan fallback, TimeSpan shortest)
    {
        if (Text(name) is not { } value)
        {
            return fallback;
        }

        return TryParseDuration(value, out var duration) && duration >= shortest && duration <= TimeSpan.FromDays(1)
            ? duration
            : throw Bad(name, value, $"a duration from {shortest.TotalSeconds:0.###}s to 24h, such as 30s, 5m or 00:00:30");
    }

    public int Number(string name, int fallback, int smallest, int largest)
    {
        if (Text(name) is not { } value)
        {
            return fallback;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= smallest && number <= largest
            ? number
            : throw Bad(name, value, $"a whole number from {smallest} to {largest}");
    }

    public Uri? HttpAddress(string name)
    {
        if (Text(name) is not { } value)
        {
            return null;
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw Bad(name, value, "an absolute http or https address");
    }

    private string Key(string name) => $"{section}:{name}";

    private UsageException Bad(string name, string value, string allowed)
        => new($"{Key(name)} is '{value}', but must be {allowed}.");

    private static bool TryParseDuration(string value, out TimeSpan duration)
    {
        var unit = value[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            _ => TimeSpan.Zero,
        };
        if (unit != TimeSpan.Zero
            && double.TryParse(value[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && amount <= TimeSpan.FromDays(1) / unit)
        {
            duration = amount * unit;
            return true;
        }

        duration = default;
        return value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out duration);
    }
}
