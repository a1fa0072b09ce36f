using System.ComponentModel;
using System.Diagnostics;

namespace McpAspire.Sidecar.Hosting;

/// <summary>Whether a process that was noted somewhere still runs.</summary>
internal static class OtherProcess
{
    /// <summary>A start time is computed from the age of the process: two readers differ by a little.</summary>
    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(2);

    /// <summary>False also when another one has its number by now; null: it cannot be told.</summary>
    public static bool? Runs(int id, DateTime startedUtc)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited && (process.StartTime.ToUniversalTime() - startedUtc).Duration() < _tolerance;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
