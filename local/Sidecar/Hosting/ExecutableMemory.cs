using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// Lets go of the pages of a native executable that only its start has read, some 10 MB of 30 (madvise(2), MADV_DONTNEED): what is
/// needed after all is mapped again from the file. Pages that were written to stay, as they are nowhere else.
/// </summary>
internal static class ExecutableMemory
{
    private const int DontNeed = 4;

    /// <summary>What says that a page has a content of its own, in memory or on the swap device.</summary>
    private static readonly string[] _written = ["Shared_Dirty:", "Private_Dirty:", "Anonymous:", "Swap:"];

    /// <summary>By then a start is over, its first calls included.</summary>
    private static readonly TimeSpan _startIsOver = TimeSpan.FromSeconds(5);

    public static async Task GiveBackAsync(TimeProvider time, CancellationToken stopping)
    {
        if (!OperatingSystem.IsLinux() || JitInfo.GetCompiledMethodCount() != 0 || Environment.ProcessPath is not { } executable)
        {
            return;
        }

        await Task.Delay(_startIsOver, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            foreach (var (start, length) in stopping.IsCancellationRequested ? [] : Unwritten(File.ReadAllLines("/proc/self/smaps"), executable))
            {
                _ = Advise(start, length, DontNeed);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or EntryPointNotFoundException or DllNotFoundException)
        {
            // no such file, or another C library: the pages stay
        }
    }

    /// <summary>Mappings of the executable that cannot be written to, and have not been before that was so.</summary>
    /// <param name="smaps">The lines of /proc/self/smaps (proc_pid_smaps(5)).</param>
    /// <param name="executable">Its path.</param>
    public static IReadOnlyList<(nint Start, nuint Length)> Unwritten(IEnumerable<string> smaps, string executable)
    {
        var found = new List<(nint Start, nuint Length)>();
        (nint Start, nuint Length)? current = null;
        foreach (var line in smaps)
        {
            if (line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                // The last line of a mapping.
                if (current is { } unwritten)
                {
                    found.Add(unwritten);
                }

                current = null;
            }
            else if (Array.Exists(_written, field => line.StartsWith(field, StringComparison.Ordinal)))
            {
                current = line.EndsWith(" 0 kB", StringComparison.Ordinal) ? current : null;
            }
            else if (line.EndsWith(" " + executable, StringComparison.Ordinal) && line.Split(' ', 3) is [var range, "r--p" or "r-xp", _] && range.Split('-') is [var start, var end])
            {
                var (from, to) = (long.Parse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                current = ((nint)from, (nuint)(to - from));
            }
        }

        return found;
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(nint address, nuint length, int advice);
}
