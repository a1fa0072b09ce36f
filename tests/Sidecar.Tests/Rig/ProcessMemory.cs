using System.Diagnostics;

namespace McpAspire.Sidecar.Tests.Rig;

/// <summary>How much more memory another process holds than at first, at most.</summary>
internal sealed class ProcessMemory : IDisposable
{
    private readonly Process _process;
    private readonly long _before;

    public ProcessMemory(int processId)
    {
        _process = Process.GetProcessById(processId);
        _before = _process.WorkingSet64;
    }

    public long ExtraBytes { get; private set; }

    public void Sample()
    {
        _process.Refresh();
        ExtraBytes = Math.Max(ExtraBytes, _process.WorkingSet64 - _before);
    }

    public void Dispose() => _process.Dispose();
}
