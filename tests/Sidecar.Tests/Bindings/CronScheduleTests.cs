using System.Globalization;
using McpAspire.Sidecar.Bindings;

namespace McpAspire.Sidecar.Tests.Bindings;

/// <summary>When a schedule is due.</summary>
public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("@every 1s", "2026-03-01T10:00:00.5Z", "2026-03-01T10:00:01.5Z")]
    [InlineData("@every 1h30m", "2026-03-01T10:00:00Z", "2026-03-01T11:30:00Z")]
    [InlineData("TZ=UTC 15 * * * * *", "2026-03-01T10:00:15Z", "2026-03-01T10:01:15Z")]
    [InlineData("TZ=UTC 0 30 * * * *", "2026-03-01T10:30:00Z", "2026-03-01T11:30:00Z")]
    [InlineData("TZ=UTC */20 * * * * *", "2026-03-01T10:00:41Z", "2026-03-01T10:01:00Z")]
    [InlineData("TZ=UTC 5 4 * * *", "2026-03-01T10:00:00Z", "2026-03-02T04:05:00Z")]
    [InlineData("TZ=UTC 0 0 9-17/4 * * MON-FRI", "2026-03-06T17:00:00Z", "2026-03-09T09:00:00Z")]
    [InlineData("TZ=UTC 0 0 0 13 * FRI", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00Z")]
    [InlineData("TZ=UTC 0 0 0 29 feb ?", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("TZ=UTC @daily", "2026-12-31T10:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("CRON_TZ=Europe/Berlin 0 30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z")]
    public void Schedule_IsNextDue(string schedule, string after, string next)
        => Assert.Equal(Time(next), CronSchedule.Parse(schedule).Next(Time(after))!.Value.ToUniversalTime());

    [Fact]
    public void DayThatNeverComes_IsNotWaitedForForEver() => Assert.Null(CronSchedule.Parse("0 0 0 30 2 *").Next(Time("2026-03-01T00:00:00Z")));

    [Theory]
    [InlineData("")]
    [InlineData("* * *")]
    [InlineData("60 * * * * *")]
    [InlineData("* * * 0 * *")]
    [InlineData("5-1 * * * * *")]
    [InlineData("*/0 * * * * *")]
    [InlineData("@every soon")]
    [InlineData("@every 0s")]
    [InlineData("@sometimes")]
    [InlineData("TZ=Nowhere/Town * * * * *")]
    public void WrongSchedule_IsRefused(string schedule) => Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
