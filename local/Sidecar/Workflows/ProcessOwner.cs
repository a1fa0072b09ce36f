using System.Diagnostics;
using System.Globalization;
using McpAspire.Sidecar.Hosting;

namespace McpAspire.Sidecar.Workflows;

/// <summary>A process that runs workflows: its machine, its number, and when it started, since numbers are given again.</summary>
internal sealed record ProcessOwner(string Text)
{
    private const long MaxTicks = 3155378975999999999; // of a DateTime

    public static ProcessOwner OfThisProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessOwner(string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{process.Id}/{process.StartTime.ToUniversalTime().Ticks}"));
    }

    /// <summary>False where it cannot be told: on another machine.</summary>
    public static bool IsGone(string owner)
    {
        return owner.Split('/') is [var machine, var number, var start]
            && machine == Environment.MachineName
            && int.TryParse(number, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(start, CultureInfo.InvariantCulture, out var ticks)
            && ticks is >= 0 and <= MaxTicks
            && OtherProcess.Runs(id, new DateTime(ticks, DateTimeKind.Utc)) == false;
    }
}
