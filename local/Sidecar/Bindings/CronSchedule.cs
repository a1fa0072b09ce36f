using System.Globalization;
using McpAspire.Sidecar.Resources;

namespace McpAspire.Sidecar.Bindings;

/// <summary>
/// When a cron binding is due: five fields, six with seconds before them, <c>@every 1s</c>, or one of <c>@yearly</c>,
/// <c>@monthly</c>, <c>@weekly</c>, <c>@daily</c>, <c>@hourly</c>; a time zone as <c>TZ=Europe/Berlin</c> before it.
/// </summary>
internal sealed class CronSchedule
{
    private static readonly Dictionary<string, string> _descriptors = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 0 1 1 *",
        ["@annually"] = "0 0 0 1 1 *",
        ["@monthly"] = "0 0 0 1 * *",
        ["@weekly"] = "0 0 0 * * 0",
        ["@daily"] = "0 0 0 * * *",
        ["@midnight"] = "0 0 0 * * *",
        ["@hourly"] = "0 0 * * * *",
    };

    private static readonly string[] _months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] _days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly TimeSpan? _every;
    private readonly ulong[] _fields = new ulong[6];
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;

    private CronSchedule(TimeSpan every) => (_every, Zone) = (every, TimeZoneInfo.Local);

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        Zone = zone;
        _fields[0] = Bits(fields[0], 0, 59, []);
        _fields[1] = Bits(fields[1], 0, 59, []);
        _fields[2] = Bits(fields[2], 0, 23, []);
        _fields[3] = Bits(fields[3], 1, 31, []);
        _fields[4] = Bits(fields[4], 1, 12, _months);
        _fields[5] = Bits(fields[5], 0, 6, _days);
        (_anyDay, _anyWeekday) = (fields[3][0] is '*' or '?', fields[5][0] is '*' or '?');
    }

    public TimeZoneInfo Zone { get; }

    /// <summary>Throws <see cref="FormatException"/>.</summary>
    public static CronSchedule Parse(string text)
    {
        var zone = TimeZoneInfo.Local;
        text = text.Trim();
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            var name = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..(space < 0 ? text.Length : space)];
            zone = TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : throw new FormatException($"the time zone '{name}' is not known");
            text = space < 0 ? string.Empty : text[space..].Trim();
        }

        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            return GoDuration.TryParse(text["@every ".Length..].Trim(), out var every) && every > TimeSpan.Zero
                ? new CronSchedule(every)
                : throw new FormatException("'@every' takes a duration such as 500ms, 5s or 1m30s");
        }

        var fields = _descriptors.GetValueOrDefault(text, text).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return fields.Length switch
        {
            6 => new CronSchedule(fields, zone),
            5 => new CronSchedule(["0", .. fields], zone),
            _ => throw new FormatException($"it has {fields.Length} fields; allowed are 5, 6 with seconds, '@every <duration>', {string.Join(", ", _descriptors.Keys)}"),
        };
    }

    /// <summary>Null: never again (30 February).</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_every is { } every)
        {
            return after + every;
        }

        var local = TimeZoneInfo.ConvertTime(after, Zone).DateTime;
        var time = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second, DateTimeKind.Unspecified).AddSeconds(1);
        var end = time.AddYears(5);
        while (time < end)
        {
            if (!Has(4, time.Month))
            {
                time = new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMonths(1);
            }
            else if (!IsDay(time))
            {
                time = time.Date.AddDays(1);
            }
            else if (!Has(2, time.Hour))
            {
                time = time.Date.AddHours(time.Hour + 1);
            }
            else if (!Has(1, time.Minute))
            {
                time = time.AddSeconds(-time.Second).AddMinutes(1);
            }
            else if (!Has(0, time.Second) || Zone.IsInvalidTime(time))
            {
                time = time.AddSeconds(1);
            }
            else
            {
                return new DateTimeOffset(time, Zone.GetUtcOffset(time));
            }
        }

        return null;
    }

    private bool Has(int field, int value) => (_fields[field] & (1UL << value)) != 0;

    /// <summary>Where both the day and the weekday are restricted, either will do.</summary>
    private bool IsDay(DateTime time)
    {
        var (day, weekday) = (Has(3, time.Day), Has(5, (int)time.DayOfWeek));
        return _anyDay || _anyWeekday ? day && weekday : day || weekday;
    }

    private static ulong Bits(string field, int least, int most, string[] names)
    {
        var bits = 0UL;
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var all] => (all, 1),
                [var some, var by] when int.TryParse(by, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 => (some, number),
                _ => throw Wrong(field),
            };
            var (from, to) = range is "*" or "?" ? (least, most) : Ends(range, part.Contains('/', StringComparison.Ordinal));
            if (from < least || to > most || from > to)
            {
                throw Wrong(field);
            }

            for (var value = from; value <= to; value += step)
            {
                bits |= 1UL << value;
            }
        }

        return bits;

        (int From, int To) Ends(string range, bool hasStep) => range.Split('-') switch
        {
            [var one] => (Value(one), hasStep ? most : Value(one)),
            [var first, var last] => (Value(first), Value(last)),
            _ => throw Wrong(field),
        };

        int Value(string text)
        {
            var named = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
            return named >= 0 ? named + least
                : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw Wrong(field);
        }

        FormatException Wrong(string what) => new($"'{what}' is not a field of it; allowed are numbers from {least} to {most}, lists, ranges, steps and *");
    }
}
