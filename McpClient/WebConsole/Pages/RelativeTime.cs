using System.Globalization;

namespace McpAspire.Client.WebConsole.Pages;

/// <summary>"3 hours ago" reads faster than a date, and needs no time zone.</summary>
internal static class RelativeTime
{
    public static string Of(DateTimeOffset then, DateTimeOffset now)
    {
        var age = now - then;
        return age switch
        {
            { TotalSeconds: < 60 } => "just now",
            { TotalMinutes: < 60 } => Count((int)age.TotalMinutes, "minute"),
            { TotalHours: < 24 } => Count((int)age.TotalHours, "hour"),
            { TotalDays: < 2 } => "yesterday",
            { TotalDays: < 14 } => Count((int)age.TotalDays, "day"),
            _ => then.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        };
    }

    private static string Count(int number, string unit) => $"{number} {unit}{(number == 1 ? "" : "s")} ago";
}
