using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace McpAspire.Sidecar.Workflows;

/// <summary>A process that runs workflows: its machine, its number, and when it started, since numbers are given again.</summary>
internal sealed record ProcessOwner(string Text)
{
    /// <summary>Two processes do not read quite the same start time of a third.</summary>
    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(2);

    public static ProcessOwner OfThisProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessOwner(string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{process.Id}/{process.StartTime.ToUniversalTime().Ticks}"));
    }

    /// <summary>False where it cannot be told: on another machine.</summary>
    public static bool IsGone(string owner)
    {
        if (owner.Split('/') is not [var machine, var number, var start]
            || machine != Environment.MachineName
            || !int.TryParse(number, CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(start, CultureInfo.InvariantCulture, out var ticks))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited || TimeSpan.FromTicks(process.StartTime.ToUniversalTime().Ticks - ticks).Duration() > _tolerance;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return true; // there is no such process
        }
        catch (Win32Exception)
        {
            return false; // there is one, of another user
        }
    }
}
