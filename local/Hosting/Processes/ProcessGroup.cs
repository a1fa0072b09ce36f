using System.Runtime.InteropServices;

namespace Aspire.Hosting.Processes;

/// <summary>Signals to a process group.</summary>
internal static partial class ProcessGroup
{
    private const int Kill = 9;
    private const int Terminate = 15;

    public static void AskToEnd(int group) => _ = Signal(-group, Terminate);

    public static void End(int group) => _ = Signal(-group, Kill);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int target, int signal);
}
