using System.Diagnostics;

namespace Aspire.Hosting.Tests;

internal static class ProcessTable
{
    /// <summary>Whether a process runs: one that has ended and is not yet collected does not.</summary>
    public static bool IsAlive(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                var status = File.ReadAllText($"/proc/{processId}/stat");
                return status[(status.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
            }
            catch (IOException)
            {
                return false;
            }
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
