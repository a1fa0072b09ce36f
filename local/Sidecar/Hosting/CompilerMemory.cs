using System.Runtime;
using System.Runtime.InteropServices;

namespace McpAspire.Sidecar.Hosting;

/// <summary>
/// Gives the system back what the just-in-time compiler took and let go: glibc keeps it, 3 to 5 MB after some load
/// (malloc_trim(3)). Native builds compile nothing, so this does nothing there.
/// </summary>
internal static class CompilerMemory
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    public static async Task GiveBackAsync(TimeProvider time, CancellationToken stopping)
    {
        if (!OperatingSystem.IsLinux() || JitInfo.GetCompiledMethodCount() == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(_interval, time);
        var compiled = 0L;
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                var count = JitInfo.GetCompiledMethodCount();
                if (count != compiled)
                {
                    compiled = count;
                    Trim(0);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or EntryPointNotFoundException or DllNotFoundException)
        {
            // the end, or another C library
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint pad);
}
